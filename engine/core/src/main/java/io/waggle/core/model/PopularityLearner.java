package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.MovingNumbers;
import io.waggle.core.policy.Prediction;
import io.waggle.core.policy.Retriever;
import io.waggle.v1.Action;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The action with the best recent mean reward, whatever the context; see {@link PopularityTable}
 * for what that is. Nothing but the action's id is looked at, so a few rewards teach it, and
 * nothing that differs between users can.
 *
 * <p>The best action gets probability 1, of equally good ones the app's first; the surface's
 * exploration floor is what shows the others. Predictions are as of the newest event learned and
 * not as of now: the same model and example give the same answer. Deterministic, no native code,
 * about 100 bytes an action. One thread learns; a prediction changes nothing, but must not run
 * beside a learning.
 */
public final class PopularityLearner implements Learner, Retriever {
  private final PopularityTable table;
  private final ExampleGuard guard;

  private PopularityLearner(PopularityTable table, ExampleGuard guard) {
    this.table = table;
    this.guard = guard;
  }

  /**
   * A fresh learner, or one that goes on from bytes.
   *
   * @param halfLifeMillis of event time; at least 1
   * @param modelBytes from {@link #modelBytes()} of a learner with the same half-life
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when one is wrong
   */
  static PopularityLearner open(
      long halfLifeMillis, byte @Nullable [] modelBytes, double minPropensity) {
    if (halfLifeMillis < 1) {
      throw new IllegalArgumentException(
          "half_life: " + halfLifeMillis + " ms (expected: at least 1 ms)");
    }
    return new PopularityLearner(
        modelBytes == null
            ? new PopularityTable(halfLifeMillis)
            : PopularityBytes.read(modelBytes, halfLifeMillis),
        new ExampleGuard(minPropensity));
  }

  @Override
  public Prediction predict(Example example) {
    List<Action> actions = example.actions();
    double[] means = table.means(actions.stream().map(Action::getId).toList());
    // The sort is stable: ties keep the app's order.
    int[] order =
        IntStream.range(0, means.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -means[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] probabilities = new double[means.length];
    if (probabilities.length > 0) {
      probabilities[order[0]] = 1;
    }
    return new Prediction(probabilities, order);
  }

  /** The most popular ones are retrieved, as they would be predicted. */
  @Override
  public float[] costs(
      Example shared, List<Action> all, Supplier<MovingNumbers> numbers, int[] selected) {
    double[] means =
        table.means(Arrays.stream(selected).mapToObj(i -> all.get(i).getId()).toList());
    float[] costs = new float[means.length];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = (float) -means[i];
    }
    return costs;
  }

  @Override
  public Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException {
    String problem = guard.problem(example, chosen, cost, propensity);
    if (problem == null && example.timeMillis() <= 0) {
      problem = "event_time_millis: " + example.timeMillis() + " (expected: above 0)";
    }
    if (problem != null) {
      throw new RejectedExampleException(problem);
    }
    Prediction prediction = predict(example);
    table.add(example.actions().get(chosen).getId(), -cost, propensity, example.timeMillis());
    return prediction;
  }

  @Override
  public byte[] modelBytes() {
    return PopularityBytes.write(table);
  }

  /** Nothing to give back. */
  @Override
  public void close() {}
}
