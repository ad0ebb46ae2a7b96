package io.waggle.jobs.learn;

import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.policy.Prediction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A learner that learns nothing more. */
record StillLearner(Learner learner) implements Learner {
  static Learner open(String arguments, byte @Nullable [] modelBytes, double minPropensity) {
    return new StillLearner(Learners.open(arguments, modelBytes, minPropensity));
  }

  @Override
  public Prediction predict(Example example) {
    return learner.predict(example);
  }

  @Override
  public Prediction predictSlot(Example example, int[] earlier) {
    return learner.predictSlot(example, earlier);
  }

  @Override
  public Prediction learn(Example example, int chosen, double cost, double propensity) {
    return learner.predict(example);
  }

  @Override
  public void learnSlots(Example example, List<SlotOutcome> slots) {
    // It learns nothing.
  }

  @Override
  public byte[] modelBytes() {
    return learner.modelBytes();
  }

  @Override
  public void close() {
    learner.close();
  }
}
