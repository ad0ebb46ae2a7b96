package io.waggle.core.policy;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.MovingNumbers;
import io.waggle.v1.Action;
import io.waggle.v1.PolicyConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The policies that do not learn: uniform, baseline (the first action), table. Thread-safe. */
public final class FixedPolicies {
  private FixedPolicies() {}

  /**
   * The fixed policy of a configuration; empty when it is one that learns. A table's row missing
   * for an action is probability 0; a request none of whose actions is in the table gets uniform.
   */
  public static Optional<Policy> of(PolicyConfig config) {
    return switch (config.getKindCase()) {
      case UNIFORM -> Optional.of(example -> uniform(example.actions().size()));
      case BASELINE -> Optional.of(new Baseline());
      case TABLE -> Optional.of(new TableLookup(config.getTable()));
      case VOWPAL_WABBIT, POPULARITY, KIND_NOT_SET -> Optional.empty();
    };
  }

  /** Every action alike; the app's order. */
  static Prediction uniform(int actions) {
    double[] probabilities = new double[actions];
    Arrays.fill(probabilities, 1.0 / actions);
    return new Prediction(probabilities, appOrder(actions));
  }

  /** The first action; what is retrieved are the first ones. */
  private record Baseline() implements Policy, Retriever {
    @Override
    public Prediction predict(Example example) {
      double[] probabilities = new double[example.actions().size()];
      if (probabilities.length > 0) {
        probabilities[0] = 1;
      }
      return new Prediction(probabilities, appOrder(probabilities.length));
    }

    @Override
    public float[] costs(
        Example shared, List<Action> all, Supplier<MovingNumbers> numbers, int[] selected) {
      float[] costs = new float[selected.length];
      for (int i = 0; i < costs.length; i++) {
        costs[i] = i;
      }
      return costs;
    }
  }

  private static int[] appOrder(int actions) {
    int[] order = new int[actions];
    for (int i = 0; i < actions; i++) {
      order[i] = i;
    }
    return order;
  }
}
