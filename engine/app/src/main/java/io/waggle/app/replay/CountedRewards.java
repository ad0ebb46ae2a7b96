package io.waggle.app.replay;

import io.waggle.core.feature.PlainValue;
import io.waggle.v1.Decision;
import io.waggle.v1.RewardRow;
import io.waggle.v1.RewardTable;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Mean rewards of a log by action and one context feature, each drawn towards the log's mean m:
 * (sum + 10 m) / (n + 10). Counted on the log that they are then used on, as the Open Bandit
 * Pipeline's reference figures are, so a cell of few rows has seen the reward it is compared with.
 * One thread.
 */
final class CountedRewards {
  private static final double PRIOR = 10;

  private final String contextFeature;
  private final Map<String, Map<String, double[]>> cells = new TreeMap<>();
  private double rewards;
  private long rows;

  private CountedRewards(String contextFeature) {
    this.contextFeature = contextFeature;
  }

  /**
   * Counts a log to its end; rows that cannot be used are passed over.
   *
   * @param contextFeature empty: by action only
   * @throws IllegalArgumentException when no row has that feature
   */
  static RewardTable of(OpenBanditLog log, String contextFeature) throws IOException {
    CountedRewards counted = new CountedRewards(contextFeature);
    boolean more = true;
    while (more) {
      try {
        OpenBanditLog.LoggedRow row = log.next();
        more = row != null;
        if (row != null) {
          counted.add(row.decision(), row.reward().getValue());
        }
      } catch (BadRowException e) {
        // Counted and shown when the log is sent.
      }
    }
    return counted.table();
  }

  private void add(Decision decision, double reward) {
    String context =
        contextFeature.isEmpty() ? "" : PlainValue.find(decision.getContextList(), contextFeature);
    String action = decision.getActions(decision.getOrder(0)).getId();
    double[] cell =
        cells
            .computeIfAbsent(context, value -> new TreeMap<>())
            .computeIfAbsent(action, id -> new double[2]);
    cell[0] += reward;
    cell[1]++;
    rewards += reward;
    rows++;
  }

  private RewardTable table() {
    if (!contextFeature.isEmpty() && cells.keySet().stream().allMatch(String::isEmpty)) {
      throw new IllegalArgumentException(
          "feature: " + contextFeature + " (expected: a context feature of the log)");
    }
    double mean = rows == 0 ? 0 : rewards / rows;
    RewardTable.Builder table =
        RewardTable.newBuilder().setContextFeature(contextFeature).setOtherwise(mean);
    cells.forEach(
        (context, byAction) ->
            byAction.forEach(
                (action, cell) ->
                    table.addRows(
                        RewardRow.newBuilder()
                            .setContextValue(context)
                            .setActionId(action)
                            .setReward((cell[0] + PRIOR * mean) / (cell[1] + PRIOR)))));
    return table.build();
  }
}
