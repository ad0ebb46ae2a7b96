package io.waggle.core.offline;

import io.waggle.core.evaluate.RewardModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.Action;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each action is expected to give: the mean reward of its cell in the whole log, drawn towards
 * that of the log, {@code q = (sum of rewards + 10 m) / (n + 10)}. A cell is an action, its slot
 * and the values of some features. Counted on the log it is then used on, without splitting it, so
 * a cell with few decisions has seen the reward it is compared with. One thread.
 */
public final class TabularRewards implements RewardModel {
  /** How many decisions of the log's mean each cell begins with. */
  private static final double PRIOR = 10;

  /** Most cells; with more, hardly any is seen twice. */
  private static final int CELLS_MAX = 1_000_000;

  private static final char SEPARATOR = '\u0000';

  private final List<FeatureReference> features;
  private final Map<String, Map<String, Cell>> byContext = new HashMap<>();
  private Cell all = new Cell(0, 0);
  private int cells;

  private record Cell(double rewards, double decisions) {
    Cell plus(Cell other) {
      return new Cell(rewards + other.rewards, decisions + other.decisions);
    }
  }

  private TabularRewards(List<FeatureReference> features) {
    this.features = List.copyOf(features);
  }

  /**
   * Counts a log to its end.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when there are too many cells
   */
  public static TabularRewards count(OccasionReader log, List<FeatureReference> features)
      throws IOException {
    TabularRewards table = new TabularRewards(features);
    for (Occasion occasion = log.next(); occasion != null; occasion = log.next()) {
      double times = 1 / occasion.kept();
      JoinedSlots slots = occasion.slots();
      if (slots == null) {
        table.count(occasion.example(), "", occasion.chosen(), occasion.reward(), times);
      } else {
        double[] rewards = slots.rewards();
        for (int i = 0; i < rewards.length; i++) {
          int action = slots.outcomes().get(i).action();
          table.count(occasion.example(), slots.ids().get(i), action, rewards[i], times);
        }
      }
    }
    return table;
  }

  private void count(Example example, String slot, int chosen, double reward, double times) {
    Cell one = new Cell(times * reward, times);
    all = all.plus(one);
    Map<String, Cell> cellsHere =
        byContext.computeIfAbsent(context(example, slot), unused -> new HashMap<>());
    String action = example.actions().get(chosen).getId();
    Cell known = cellsHere.put(action, one);
    if (known != null) {
      cellsHere.put(action, known.plus(one));
    } else if (++cells > CELLS_MAX) {
      throw new IllegalArgumentException(
          "reward model: more than %d cells (expected: fewer actions, or features with fewer values)"
              .formatted(CELLS_MAX));
    }
  }

  private String context(Example example, String slot) {
    StringBuilder context = new StringBuilder(slot).append(SEPARATOR);
    features.forEach(feature -> context.append(feature.valueIn(example)).append(SEPARATOR));
    return context.toString();
  }

  @Override
  public double[] expected(Example example, String slot) {
    Map<String, Cell> cellsHere = byContext.getOrDefault(context(example, slot), Map.of());
    double mean = all.decisions() == 0 ? 0 : all.rewards() / all.decisions();
    List<Action> actions = example.actions();
    double[] expected = new double[actions.size()];
    for (int i = 0; i < expected.length; i++) {
      @Nullable Cell cell = cellsHere.get(actions.get(i).getId());
      expected[i] =
          cell == null ? mean : (cell.rewards() + PRIOR * mean) / (cell.decisions() + PRIOR);
    }
    return expected;
  }

  /** Nothing: the whole log was counted beforehand. */
  @Override
  public void learn(Example example, String slot, int chosen, double reward) {}
}
