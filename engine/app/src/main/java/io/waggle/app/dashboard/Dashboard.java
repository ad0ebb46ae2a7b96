package io.waggle.app.dashboard;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A dashboard, as much of it as is drawn here. Immutable.
 *
 * @param variables names that its queries may have behind a {@code $}, beside Grafana's own
 */
record Dashboard(String title, List<String> variables, List<Panel> panels) {
  Dashboard {
    variables = List.copyOf(variables);
    panels = List.copyOf(panels);
  }

  /** What a panel draws. */
  enum Kind {
    /** A heading over the panels below it. */
    ROW,
    /** Lines over time. */
    LINES,
    /** A bar a series, colored and named by its value at each moment. */
    STATES
  }

  /**
   * Where a panel is.
   *
   * @param x columns from the left, of 24
   * @param y units from the top
   */
  record Place(int x, int y, int width, int height) {}

  /**
   * A query.
   *
   * @param legend with labels in double braces
   */
  record Target(String expression, String legend) {}

  /**
   * A name for a value.
   *
   * @param color as Grafana names it
   */
  record State(String text, String color) {}

  /**
   * A panel.
   *
   * @param min smallest value of its axis; NaN: that of the data
   * @param states by value, of {@link Kind#STATES}
   * @param dashed lines whose names have it are drawn dashed; null: none
   * @param dashedNamed false: those are not in the legend
   */
  record Panel(
      Kind kind,
      String title,
      Place place,
      Unit unit,
      double min,
      Map<Integer, State> states,
      @Nullable Pattern dashed,
      boolean dashedNamed,
      List<Target> targets) {
    Panel {
      states = Map.copyOf(states);
      targets = List.copyOf(targets);
    }

    /** True: a line of that name is in the legend. */
    boolean isNamed(String line) {
      return dashedNamed || dashed == null || !dashed.matcher(line).find();
    }
  }
}
