package io.waggle.core.policy;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
final class TableLookup implements Policy {
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
    Map<String, Double> probabilityByAction =
        probabilityByActionByContext.getOrDefault(contextValue(example.context()), Map.of());
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

  /** The first text or number of that name in any context namespace; empty when there is none. */
  private String contextValue(List<Namespace> context) {
    if (contextFeature.isEmpty()) {
      return "";
    }
    for (Namespace namespace : context) {
      for (Feature feature : namespace.getFeaturesList()) {
        if (feature.getName().equals(contextFeature)) {
          return text(feature.getValue());
        }
      }
    }
    return "";
  }

  /** A number without a fraction reads as people write it: 3, not 3.0. */
  private static String text(FeatureValue value) {
    return switch (value.getKindCase()) {
      case TEXT -> value.getText();
      case NUMBER -> {
        double number = value.getNumber();
        yield number == Math.rint(number) && Math.abs(number) < 1e15
            ? Long.toString((long) number)
            : Double.toString(number);
      }
      case TEXTS, KIND_NOT_SET -> "";
    };
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
