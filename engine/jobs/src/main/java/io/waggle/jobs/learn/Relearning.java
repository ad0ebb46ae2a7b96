package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.JoinStage;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyState;
import io.waggle.v1.ShownDecision;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.Map;
import java.util.Optional;

/**
 * One policy that learns examples again, by the same steps as in the job, to make a version's bytes
 * once more. One thread.
 */
public final class Relearning implements AutoCloseable {
  private final SurfaceRun run;

  private Relearning(SurfaceRun run) {
    this.run = run;
  }

  /**
   * Begins as the version's learner did.
   *
   * @param surface as its file is now: the least propensity and the like are taken from it
   * @param version tells the policy and its command line
   * @param base bytes to begin with; empty: a fresh learner
   * @throws IllegalArgumentException as {@code name: value (expected: ...)} when no such learner
   *     can be opened
   */
  public static Relearning open(
      Surface surface, ModelLineage version, ByteString base, LearnerFactory factory) {
    PolicyConfig policy = policy(surface, version);
    Surface alone =
        Surface.of(
            surface.config().toBuilder()
                .clearPolicies()
                .clearTraffic()
                .addPolicies(policy)
                .setLivePolicy(policy.getName())
                .build());
    PolicyState state =
        PolicyState.newBuilder()
            .setArguments(version.getArguments())
            .setModel(base)
            .setChecksum(ModelParts.checksum(base))
            .build();
    return new Relearning(
        SurfaceRun.open(
            alone, Map.of(policy.getName(), state), LearnCounts.getDefaultInstance(), factory));
  }

  private static PolicyConfig policy(Surface surface, ModelLineage version) {
    if (version.getArguments().startsWith("-")) {
      return PolicyConfig.newBuilder()
          .setName(version.getPolicy())
          .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(version.getArguments()))
          .build();
    }
    for (PolicyConfig policy : surface.policies()) {
      if (Learners.arguments(policy).equals(Optional.of(version.getArguments()))) {
        return policy.toBuilder().setName(version.getPolicy()).clearPaused().clearWarmUp().build();
      }
    }
    throw new IllegalArgumentException(
        "arguments: %s (expected: those of a policy of surface %s)"
            .formatted(version.getArguments(), surface.name()));
  }

  /** Learns an example; one that the learner refused then is refused again. */
  public void learn(LearnedExample example) {
    if (example.getJoined().getStage() == JoinStage.JOIN_STAGE_UNSPECIFIED) {
      var unused = run.feed(example);
    } else {
      boolean shown = example.getJoined().getStage() == JoinStage.JOIN_STAGE_SHOWN;
      // What is kept of a decision between its stages is for its evaluation.
      var unused = run.feedStage(example, shown ? null : ShownDecision.getDefaultInstance(), 0);
    }
  }

  /** The learner's bytes now. */
  public ByteString bytes() {
    return run.save().get(0).getModel();
  }

  @Override
  public void close() {
    run.close();
  }
}
