package io.waggle.core.policy;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.MovingNumbers;
import io.waggle.core.feature.PlainValue;
import io.waggle.v1.Action;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Probabilities from a fixed table. The maps are prepared once and never change, so any thread may
 * read; a prediction costs one look-up per action.
 *
 * <p>Probabilities are as given and not normalised: an evaluation divides exactly the table's
 * number by the logged propensity. So they sum to less than 1 when the request offers only some of
 * the table's actions. A missing action has probability 0. A request none of whose actions has a
 * row for this context gets the uniform distribution, so that it can be served at all.
 */
final class TableLookup implements Policy, Retriever {
  private final String contextFeature;
  private final Map<String, Map<String, Double>> probabilityByActionByContext = new HashMap<>();

  TableLookup(TablePolicy table) {
    this.contextFeature = table.getContextFeature();
    for (TableRow row : table.getRowsList()) {
      probabilityByActionByContext
          .computeIfAbsent(row.getContextValue(), unused -> new HashMap<>())
          .put(row.getActionId(), row.getProbability());
    }
  }

  @Override
  public Prediction predict(Example example) {
    Map<String, Double> probabilityByAction = probabilities(example);
    List<Action> actions = example.actions();
    double[] probabilities = new double[actions.size()];
    boolean known = false;
    for (int i = 0; i < probabilities.length; i++) {
      Double probability = probabilityByAction.get(actions.get(i).getId());
      if (probability != null) {
        known = true;
        probabilities[i] = probability;
      }
    }
    return known
        ? new Prediction(probabilities, mostProbableFirst(probabilities))
        : FixedPolicies.uniform(probabilities.length);
  }

  private Map<String, Double> probabilities(Example example) {
    return probabilityByActionByContext.getOrDefault(
        contextFeature.isEmpty() ? "" : PlainValue.find(example.context(), contextFeature),
        Map.of());
  }

  /** The most probable ones are retrieved. */
  @Override
  public float[] costs(
      Example shared, List<Action> all, Supplier<MovingNumbers> numbers, int[] selected) {
    Map<String, Double> probabilityByAction = probabilities(shared);
    float[] costs = new float[selected.length];
    for (int i = 0; i < costs.length; i++) {
      Double probability = probabilityByAction.get(all.get(selected[i]).getId());
      costs[i] = probability == null ? 0 : -probability.floatValue();
    }
    return costs;
  }

  /** Ties keep the app's order: the sort is stable. */
  private static int[] mostProbableFirst(double[] probabilities) {
    return IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
