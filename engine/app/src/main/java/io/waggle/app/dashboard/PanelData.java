package io.waggle.app.dashboard;

import io.waggle.app.dashboard.Dashboard.Panel;
import io.waggle.app.dashboard.Dashboard.Target;
import io.waggle.app.dashboard.Prometheus.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts a panel's queries, with their variables filled in. One thread. */
final class PanelData {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([A-Za-z_]+)}?");
  private static final Pattern LABEL = Pattern.compile("\\{\\{\\s*([A-Za-z_]+)\\s*}}");

  private final Prometheus prometheus;
  private final TimeGrid grid;
  private final Map<String, String> variables;

  /**
   * Knows what to fill in.
   *
   * @param variables value by name, as a regular expression
   */
  PanelData(Prometheus prometheus, TimeGrid grid, Map<String, String> variables) {
    this.prometheus = prometheus;
    this.grid = grid;
    this.variables = Map.copyOf(variables);
  }

  /** A line by the name that the legend gives it. */
  record Line(String name, double[] values) {
    /** True where there is nothing to draw. */
    boolean isEmpty() {
      for (double value : values) {
        if (!Double.isNaN(value)) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Lines of all its queries, in their order; those without a value are left out.
   *
   * @throws IOException when Prometheus does not answer or refuses a query
   * @throws IllegalArgumentException when a query names a variable that nobody knows
   */
  List<Line> of(Panel panel) throws IOException, InterruptedException {
    List<Line> lines = new ArrayList<>();
    for (Target target : panel.targets()) {
      for (Series series : prometheus.range(filled(panel, target.expression()), grid)) {
        Line line = new Line(legend(target.legend(), series.labels()), series.values());
        if (!line.isEmpty()) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  String filled(Panel panel, String expression) {
    return VARIABLE
        .matcher(expression)
        .replaceAll(
            match -> {
              String name = match.group(1);
              String value =
                  name.equals("__rate_interval") ? grid.rateSeconds() + "s" : variables.get(name);
              if (value == null) {
                throw new IllegalArgumentException(
                    "panel %s: $%s: not known (expected: one of the dashboard's variables)"
                        .formatted(panel.title(), name));
              }
              return Matcher.quoteReplacement(value);
            });
  }

  static String legend(String format, Map<String, String> labels) {
    return format.isEmpty()
        ? labels.toString()
        : LABEL
            .matcher(format)
            .replaceAll(match -> Matcher.quoteReplacement(labels.getOrDefault(match.group(1), "")));
  }
}
