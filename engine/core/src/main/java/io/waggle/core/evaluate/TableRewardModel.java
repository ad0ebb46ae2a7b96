package io.waggle.core.evaluate;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.PlainValue;
import io.waggle.v1.Action;
import io.waggle.v1.RewardRow;
import io.waggle.v1.RewardTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Expected rewards from a fixed table; it does not learn. Immutable; any thread. */
public final class TableRewardModel implements RewardModel {
  private final String contextFeature;
  private final double otherwise;
  private final Map<String, Map<String, Double>> byContext = new HashMap<>();

  public TableRewardModel(RewardTable table) {
    this.contextFeature = table.getContextFeature();
    this.otherwise = table.getOtherwise();
    for (RewardRow row : table.getRowsList()) {
      byContext
          .computeIfAbsent(row.getContextValue(), value -> new HashMap<>())
          .put(row.getActionId(), row.getReward());
    }
  }

  @Override
  public double[] expected(Example example, String slot) {
    Map<String, Double> byAction =
        byContext.getOrDefault(
            contextFeature.isEmpty() ? "" : PlainValue.find(example.context(), contextFeature),
            Map.of());
    List<Action> actions = example.actions();
    double[] expected = new double[actions.size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = byAction.getOrDefault(actions.get(i).getId(), otherwise);
    }
    return expected;
  }

  @Override
  public void learn(Example example, String slot, int chosen, double reward) {}
}
