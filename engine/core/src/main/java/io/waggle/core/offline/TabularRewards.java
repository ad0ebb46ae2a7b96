package io.waggle.core.offline;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What each action is expected to give: the mean reward of its cell in the whole log, drawn towards
 * that of the log, {@code q = (sum of rewards + 10 m) / (n + 10)}. A cell is an action and the
 * values of some features. Counted on the log it is then used on, without splitting it, so a cell
 * with few decisions has seen the reward it is compared with. Immutable once made; any thread.
 */
public final class TabularRewards {
  /** How many decisions of the log's mean each cell begins with. */
  private static final double PRIOR = 10;

  /** Most cells; with more, hardly any is seen twice. */
  private static final int CELLS_MAX = 1_000_000;

  private static final char SEPARATOR = '\u0000';

  private final List<FeatureReference> features;
  private final Map<String, Map<String, Cell>> byContext = new HashMap<>();
  private double mean;
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
   * Counts a log to its end; decisions of several slots are passed over.
   *
   * @throws IOException when it cannot be read
   * @throws IllegalArgumentException when there are too many cells
   */
  public static TabularRewards count(OccasionReader log, List<FeatureReference> features)
      throws IOException {
    TabularRewards table = new TabularRewards(features);
    Cell all = new Cell(0, 0);
    for (Occasion occasion = log.next(); occasion != null; occasion = log.next()) {
      if (occasion.slots() == null) {
        double times = 1 / occasion.kept();
        Cell one = new Cell(times * occasion.reward(), times);
        all = all.plus(one);
        table.add(occasion, one);
      }
    }
    table.mean = all.decisions() == 0 ? 0 : all.rewards() / all.decisions();
    return table;
  }

  private void add(Occasion occasion, Cell one) {
    Map<String, Cell> cellsHere =
        byContext.computeIfAbsent(context(occasion.example()), unused -> new HashMap<>());
    String action = occasion.example().actions().get(occasion.chosen()).getId();
    Cell known = cellsHere.put(action, one);
    if (known != null) {
      cellsHere.put(action, known.plus(one));
    } else if (++cells > CELLS_MAX) {
      throw new IllegalArgumentException(
          "reward model: more than %d cells (expected: fewer actions, or features with fewer values)"
              .formatted(CELLS_MAX));
    }
  }

  private String context(Example example) {
    StringBuilder context = new StringBuilder();
    features.forEach(feature -> context.append(feature.valueIn(example)).append(SEPARATOR));
    return context.toString();
  }

  /** What each action is expected to give: {@code double[actions]}. */
  double[] expected(Example example) {
    Map<String, Cell> cellsHere = byContext.getOrDefault(context(example), Map.of());
    List<Action> actions = example.actions();
    double[] expected = new double[actions.size()];
    for (int i = 0; i < expected.length; i++) {
      @Nullable Cell cell = cellsHere.get(actions.get(i).getId());
      expected[i] =
          cell == null ? mean : (cell.rewards() + PRIOR * mean) / (cell.decisions() + PRIOR);
    }
    return expected;
  }
}
