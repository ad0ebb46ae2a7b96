package io.waggle.app.report;

import java.util.ArrayList;
import java.util.List;

/** Values with intervals, one below the other. One thread. */
public final class DotPlot {
  private static final int WIDTH = 820;
  private static final int LEFT = 260;
  private static final int RIGHT = 24;
  private static final int TOP = 30;
  private static final int ROW = 20;
  private static final int TICKS = 6;
  private static final int LABEL_CHARS = 40;

  /**
   * A row.
   *
   * @param label at its left; empty: it belongs to the row before
   * @param style class of its color
   * @param value NaN: nothing is known
   * @param lower lower end of its interval; NaN: it has none
   * @param upper upper end
   * @param note what it says when pointed at
   */
  public record Row(
      String label, String style, double value, double lower, double upper, String note) {}

  private final String title;
  private final List<Row> rows = new ArrayList<>();

  public DotPlot(String title) {
    this.title = title;
  }

  /** Adds a row. */
  public DotPlot row(Row row) {
    rows.add(row);
    return this;
  }

  /**
   * The drawing.
   *
   * @param min smallest value drawn; intervals beyond are cut off
   * @param max largest value drawn
   * @param reference a value with a vertical line of its own; NaN: none
   */
  public String element(double min, double max, double reference) {
    int height = TOP + ROW * rows.size() + 24;
    Svg svg = new Svg(WIDTH, height, title);
    Scale x = Scale.of(min, max, LEFT, WIDTH - RIGHT);
    svg.text(0, 15, "start", "name", title);
    for (double tick : x.ticks(TICKS)) {
      svg.line(x.at(tick), TOP - 6, x.at(tick), height - 24, "grid");
      svg.text(x.at(tick), height - 8, "middle", "tick", Scale.shown(tick));
    }
    if (!Double.isNaN(reference)) {
      svg.line(x.at(reference), TOP - 6, x.at(reference), height - 24, "logged");
    }
    for (int i = 0; i < rows.size(); i++) {
      draw(svg, rows.get(i), x, TOP + ROW * i + ROW / 2.0);
    }
    return svg.element();
  }

  private static void draw(Svg svg, Row row, Scale x, double y) {
    String label =
        row.label().length() > LABEL_CHARS
            ? row.label().substring(0, LABEL_CHARS - 1) + "…"
            : row.label();
    svg.text(LEFT - 10, y + 4, "end", "rowlabel", label);
    if (!label.isEmpty()) {
      svg.line(0, y - ROW / 2.0, WIDTH - RIGHT, y - ROW / 2.0, "group");
    }
    if (Double.isNaN(row.value())) {
      svg.text(LEFT + 4, y + 4, "start", "tick", "no overlap");
      return;
    }
    if (!Double.isNaN(row.lower())) {
      svg.line(x.at(row.lower()), y, x.at(row.upper()), y, "whisker " + row.style());
    }
    svg.dot(x.at(row.value()), y, 4, "dot " + row.style(), row.note());
  }
}
