package io.waggle.benchmarks.scoring;

import io.waggle.benchmarks.jmh.Workload;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.score.HashedNamespaces;
import io.waggle.core.score.Scorer;
import io.waggle.v1.Decision;

/**
 * One trained model in all the forms that are compared.
 *
 * @param remembering keeps the hashes of actions that come again
 * @param forgetful hashes all features of every request
 * @param weights {@code float[1 << bits]}
 */
record Models(
    String arguments,
    String options,
    int bits,
    VowpalWabbitLearner learner,
    Scorer remembering,
    Scorer forgetful,
    float[] weights)
    implements AutoCloseable {
  private static final int EVENTS = 500;
  private static final int ACTIONS = 50;
  private static final int FEATURES = 20;

  /** Trained on seeded decisions of 50 actions with 20 features. */
  static Models trained(int bits) throws RejectedExampleException {
    String arguments = Workload.ARGUMENTS + " -b " + bits;
    Workload workload = new Workload(1);
    VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null);
    for (int event = 0; event < EVENTS; event++) {
      Decision decision = workload.decision(ACTIONS, FEATURES);
      learner.learn(
          Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
    }
    VowpalWabbitModel model = VowpalWabbitModel.parse(learner.modelBytes());
    return new Models(
        arguments,
        model.header().options(),
        bits,
        learner,
        Scorer.of(arguments, model),
        Scorer.of(arguments, model, new HashedNamespaces(2, 0)),
        model.weights().dense(bits, WeightTable.WEIGHT));
  }

  @Override
  public void close() {
    learner.close();
  }
}
