package io.waggle.app.dashboard;

import io.waggle.app.dashboard.Dashboard.Kind;
import io.waggle.app.dashboard.Dashboard.Panel;
import io.waggle.app.dashboard.Dashboard.State;
import io.waggle.app.dashboard.PanelData.Line;
import io.waggle.app.report.Scale;
import io.waggle.app.report.Svg;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** One panel: title, axes, lines or bars, and under them who is who. One thread. */
final class PanelDrawing {
  /** Colors are classes {@code c0} to {@code c9} of the drawing, in turn. */
  static final int COLORS = 10;

  private static final int LEFT = 62;
  private static final int RIGHT = 12;
  private static final int TOP = 30;
  private static final int AXIS = 20;
  private static final int LEGEND_LINE = 15;
  private static final int LEGEND_LINES_MAX = 4;
  private static final int LETTER = 6;
  private static final int KEY = 22;
  private static final int NAME_LETTERS = 44;
  private static final int STATE_LETTERS = 34;
  private static final int VALUE_TICKS = 4;
  private static final int BAR_MAX = 22;
  private static final double HEADROOM = 1.08;

  private final Panel panel;
  private final TimeGrid grid;
  private final List<Line> lines;
  private final int width;
  private final int height;
  private final Svg svg;
  private final Map<String, Integer> colors = new HashMap<>();

  private PanelDrawing(Panel panel, TimeGrid grid, List<Line> lines, int width, int height) {
    this.panel = panel;
    this.grid = grid;
    this.lines = lines;
    this.width = width;
    this.height = height;
    svg = new Svg(width, height, panel.title());
  }

  /** The panel, so large; a panel without lines says that there are no data. */
  static String element(Panel panel, TimeGrid grid, List<Line> lines, int width, int height) {
    return new PanelDrawing(panel, grid, lines, width, height).draw();
  }

  private String draw() {
    svg.rect(0.5, 0.5, width - 1.0, height - 1.0, "panel");
    svg.text(10, 19, "start", "title", panel.title());
    if (lines.isEmpty()) {
      svg.text(width / 2.0, height / 2.0, "middle", "nodata", "No data");
    } else if (panel.kind() == Kind.STATES) {
      states();
    } else {
      curves();
    }
    return svg.element();
  }

  private void curves() {
    List<List<Integer>> legend = legend();
    double bottom = height - AXIS - 6.0 - LEGEND_LINE * legend.size();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Line line : lines) {
      for (double value : line.values()) {
        least = Double.isNaN(value) ? least : Math.min(least, value);
        most = Double.isNaN(value) ? most : Math.max(most, value);
      }
    }
    if (!Double.isNaN(panel.min())) {
      least = Math.min(panel.min(), least);
    }
    most = most > 0 ? most * HEADROOM : most;
    if (least == most) {
      most = least + 1;
    }
    Scale y = Scale.of(least, most, bottom, TOP);
    for (double tick : ticks(y)) {
      svg.line(LEFT, y.at(tick), width - RIGHT, y.at(tick), "grid");
      svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", panel.unit().shown(tick));
    }
    TimeAxis x = axis(LEFT, bottom);
    for (int i = 0; i < lines.size(); i++) {
      curve(lines.get(i), style(i), x, y);
    }
    key(legend);
  }

  /** Round values as they are shown: of a unit that counts in 1,024s, round ones of its largest. */
  private List<Double> ticks(Scale y) {
    double step = panel.unit().step(Math.max(Math.abs(y.min()), Math.abs(y.max())));
    return new Scale(y.min() / step, y.max() / step, y.from(), y.to())
        .ticks(VALUE_TICKS).stream().map(tick -> tick * step).toList();
  }

  /** A dashed line is a bound: it has the color of what it bounds, the rest of its name. */
  private String style(int line) {
    Pattern dashed = panel.dashed();
    String name = lines.get(line).name();
    String whose = dashed == null ? name : dashed.matcher(name).replaceFirst("");
    int color = colors.computeIfAbsent(whose, unknown -> colors.size()) % COLORS;
    return "c" + color + (whose.equals(name) ? "" : " dashed");
  }

  private void curve(Line line, String style, TimeAxis x, Scale y) {
    StringBuilder path = new StringBuilder();
    double[] values = line.values();
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        continue;
      }
      boolean begins = i == 0 || Double.isNaN(values[i - 1]);
      boolean alone = begins && (i + 1 == values.length || Double.isNaN(values[i + 1]));
      if (alone) {
        svg.dot(x.at(i), y.at(values[i]), 1.5, "dot " + style, line.name());
      } else {
        path.append(
            String.format(
                Locale.ROOT, "%s%.0f %.1f", begins ? "M" : "L", x.at(i), y.at(values[i])));
      }
    }
    if (!path.isEmpty()) {
      svg.path(path.toString(), "curve " + style);
    }
  }

  /** Bars with one name each at their left; what differs in them is told by color and word. */
  private void states() {
    double bottom = height - AXIS - 6.0;
    double room = (bottom - TOP) / lines.size();
    int longest = lines.stream().mapToInt(line -> line.name().length()).max().orElse(0);
    int left = 14 + LETTER * Math.min(STATE_LETTERS, longest);
    TimeAxis x = axis(left, bottom);
    for (int i = 0; i < lines.size(); i++) {
      double bar = Math.min(BAR_MAX, room - 4);
      double y = TOP + room * (i + 0.5) - bar / 2;
      svg.text(left - 6, y + bar / 2 + 4, "end", "tick", cut(lines.get(i).name(), STATE_LETTERS));
      bars(lines.get(i).values(), x, y, bar);
    }
  }

  private void bars(double[] values, TimeAxis x, double y, double bar) {
    int begin = 0;
    for (int i = 1; i <= values.length; i++) {
      if (i < values.length && Double.compare(values[i], values[begin]) == 0) {
        continue;
      }
      if (!Double.isNaN(values[begin])) {
        int value = (int) values[begin];
        Map<Integer, State> states = panel.states();
        State state = states.getOrDefault(value, new State(Integer.toString(value), "gray"));
        double from = x.at(begin);
        double to = x.at(i);
        svg.rect(from, y, Math.max(1, to - from), bar, "state " + state.color());
        if (to - from > LETTER * state.text().length()) {
          svg.text(from + 5, y + bar / 2 + 4, "start", "tick", state.text());
        }
      }
      begin = i;
    }
  }

  private TimeAxis axis(int left, double bottom) {
    TimeAxis x = new TimeAxis(grid, left, width - RIGHT);
    for (TimeAxis.Tick tick : x.ticks()) {
      svg.line(tick.place(), TOP, tick.place(), bottom, "grid");
      // The last one would be cut off where the drawing ends.
      if (tick.place() + tick.text().length() * LETTER / 2.0 <= width) {
        svg.text(tick.place(), bottom + 15, "middle", "tick", tick.text());
      } else {
        svg.text(width - 2.0, bottom + 15, "end", "tick", tick.text());
      }
    }
    return x;
  }

  /** Numbers of lines by row of the legend; those that find no room are left out. */
  private List<List<Integer>> legend() {
    List<List<Integer>> rows = new ArrayList<>(List.of(new ArrayList<>()));
    int used = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (!panel.isNamed(lines.get(i).name())) {
        continue;
      }
      int needs = needs(i);
      if (used > 0 && used + needs > width - 16) {
        rows.add(new ArrayList<>());
        used = 0;
      }
      rows.get(rows.size() - 1).add(i);
      used += needs;
    }
    return rows.subList(0, Math.min(rows.size(), LEGEND_LINES_MAX));
  }

  private int needs(int line) {
    return KEY + LETTER * (cut(lines.get(line).name(), NAME_LETTERS).length() + 1);
  }

  private void key(List<List<Integer>> rows) {
    for (int row = 0; row < rows.size(); row++) {
      double y = height - 8.0 - LEGEND_LINE * (rows.size() - 1 - row);
      double x = 12;
      for (int i : rows.get(row)) {
        svg.line(x, y - 4, x + KEY - 8.0, y - 4, "curve " + style(i));
        svg.text(x + KEY - 4.0, y, "start", "legend", cut(lines.get(i).name(), NAME_LETTERS));
        x += needs(i);
      }
    }
    int named = rows.stream().mapToInt(List::size).sum();
    long all = lines.stream().filter(line -> panel.isNamed(line.name())).count();
    if (named < all) {
      svg.text(width - 10.0, 19, "end", "tick", "%d more not named".formatted(all - named));
    }
  }

  private static String cut(String text, int letters) {
    return text.length() <= letters ? text : text.substring(0, letters - 1) + "…";
  }
}
