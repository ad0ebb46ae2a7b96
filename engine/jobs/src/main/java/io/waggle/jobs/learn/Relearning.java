package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyState;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.Optional;

/**
 * One policy that learns examples again, by the same steps as in the job, to make a version's bytes
 * once more. One thread.
 */
public final class Relearning implements AutoCloseable {
  private final Pupil pupil;

  private Relearning(Pupil pupil) {
    this.pupil = pupil;
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
    PolicyState state =
        PolicyState.newBuilder().setModel(base).setChecksum(ModelParts.checksum(base)).build();
    Pupil pupil =
        Pupil.open(surface, policy(surface, version), version.getArguments(), state, factory);
    if (pupil.isStopped()) {
      throw new IllegalArgumentException("arguments: " + pupil.stopReason());
    }
    return new Relearning(pupil);
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
    pupil.study(example);
  }

  /**
   * The learner's bytes now.
   *
   * @throws IllegalStateException when it was stopped by what it learned
   */
  public ByteString bytes() {
    Learner learner = pupil.learner();
    if (learner == null) {
      throw new IllegalStateException("the learner was stopped: " + pupil.stopReason());
    }
    return UnsafeByteOperations.unsafeWrap(learner.modelBytes());
  }

  @Override
  public void close() {
    pupil.close();
  }
}
