package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.core.evaluate.Evidence;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.ShownDecision;
import io.waggle.v1.ShownPrediction;

/**
 * What a policy predicted of decisions that come in stages, from when they are shown until they
 * close. One thread; metric readers see plain fields.
 */
final class StagedAnswers {
  private final String policy;
  private final String arguments;
  private final ShadowValue value;
  private int fingerprint;
  private long unweighted;

  /**
   * @param arguments the policy's: with others it is another policy
   * @param unweighted as saved
   */
  StagedAnswers(
      String policy, String arguments, Surface surface, ShadowValue value, long unweighted) {
    this.policy = policy;
    this.arguments = arguments;
    this.value = value;
    this.fingerprint = fingerprint(surface);
    this.unweighted = unweighted;
  }

  /** Goes on under a changed surface. */
  void follow(Surface changed) {
    fingerprint = fingerprint(changed);
  }

  private int fingerprint(Surface surface) {
    String made = arguments + '\n' + ShadowValue.madeWith(surface);
    return ModelParts.checksum(ByteString.copyFromUtf8(made));
  }

  /** The policy's answer as it is kept of a decision that has not closed. */
  ShownPrediction kept(Answer answer, Lesson lesson, Background background) {
    return ShownPrediction.newBuilder()
        .setPolicy(policy)
        .setFingerprint(fingerprint)
        .setProbability(answer.probabilities()[lesson.chosen()])
        .setDirectReward(
            Evidence.directReward(answer.probabilities(), background.expected().get(0)))
        .build();
  }

  /**
   * A decision that came in stages closed: evaluates what was predicted when it was shown. Without
   * that, or when the policy has become another since, it is not evaluated, and counted.
   *
   * @return true: evaluated
   */
  boolean settle(ShownDecision shown, double reward) {
    for (ShownPrediction prediction : shown.getPredictionsList()) {
      if (prediction.getPolicy().equals(policy) && prediction.getFingerprint() == fingerprint) {
        value.addShown(shown, prediction, reward);
        return true;
      }
    }
    unweighted++;
    return false;
  }

  /** Decisions closed that it had not predicted when they were shown. */
  long unweighted() {
    return unweighted;
  }
}
