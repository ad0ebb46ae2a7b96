package io.waggle.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over time, or over what else goes on evenly, as an SVG drawing. Pure. */
public final class LineChart {
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final int LEFT = 60;
  private static final int RIGHT = 170;
  private static final int TOP = 50;
  private static final int BOTTOM = 50;
  private static final int GRID_LINES = 5;

  /**
   * A line.
   *
   * @param color as in SVG
   * @param values one a step, from 0; a NaN leaves a gap
   */
  public record Line(String name, String color, double[] values) {}

  /**
   * A moment worth a word.
   *
   * @param at in the unit of the axis
   */
  public record Mark(String text, double at) {}

  private final String title;
  private final String yLabel;
  private final String unit;
  private final double step;
  private final List<Line> lines = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();

  /** Over time, values a second apart. */
  public LineChart(String title, String yLabel) {
    this(title, yLabel, "s", 1);
  }

  /**
   * Over anything.
   *
   * @param unit of the axis
   * @param step from one value to the next in that unit
   */
  public LineChart(String title, String yLabel, String unit, double step) {
    this.title = title;
    this.yLabel = yLabel;
    this.unit = unit;
    this.step = step;
  }

  /** Adds a line. */
  public LineChart line(Line line) {
    lines.add(line);
    return this;
  }

  /** Adds a dashed vertical with a word. */
  public LineChart mark(Mark mark) {
    marks.add(mark);
    return this;
  }

  /** The drawing. */
  public String svg() {
    double most = step;
    double mostValue = 0;
    for (Line line : lines) {
      most = Math.max(most, step * (line.values().length - 1));
      for (double value : line.values()) {
        mostValue = Double.isNaN(value) ? mostValue : Math.max(mostValue, value);
      }
    }
    double top = mostValue == 0 ? 1 : Math.ceil(mostValue * 10) / 10;
    StringBuilder svg = new StringBuilder(8_192);
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
        <rect width="%1$d" height="%2$d" fill="white"/>
        <text x="%3$d" y="24" font-size="16">%4$s</text>
        """
            .formatted(WIDTH, HEIGHT, LEFT, Svg.escaped(title)));
    grid(svg, most, top);
    for (Mark mark : marks) {
      double x = x(mark.at(), most);
      svg.append(
          format(
              "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#888\""
                  + " stroke-dasharray=\"5 4\"/>%n<text x=\"%.1f\" y=\"%d\""
                  + " fill=\"#555\">%s</text>%n",
              x, TOP, x, HEIGHT - BOTTOM, x + 4, TOP + 12, Svg.escaped(mark.text())));
    }
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      svg.append(path(line, most, top));
      int y = TOP + 14 + 20 * i;
      svg.append(
          format(
              "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\""
                  + " stroke-width=\"3\"/>%n<text x=\"%d\" y=\"%d\">%s</text>%n",
              WIDTH - RIGHT + 12,
              y - 4,
              WIDTH - RIGHT + 32,
              y - 4,
              line.color(),
              WIDTH - RIGHT + 38,
              y,
              Svg.escaped(line.name())));
    }
    return svg.append("</svg>\n").toString();
  }

  private void grid(StringBuilder svg, double most, double top) {
    for (int i = 0; i <= GRID_LINES; i++) {
      double value = top * i / GRID_LINES;
      double y = y(value, top);
      svg.append(
          format(
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>%n"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>%n",
              LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y + 4, value));
      double at = most * i / GRID_LINES;
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f %s</text>%n",
              x(at, most), HEIGHT - BOTTOM + 18, at, Svg.escaped(unit)));
    }
    svg.append(
        format(
            "<text x=\"16\" y=\"%d\" transform=\"rotate(-90 16 %d)\""
                + " text-anchor=\"middle\">%s</text>%n",
            (TOP + HEIGHT - BOTTOM) / 2, (TOP + HEIGHT - BOTTOM) / 2, Svg.escaped(yLabel)));
  }

  private String path(Line line, double most, double top) {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < line.values().length; i++) {
      double value = line.values()[i];
      if (Double.isNaN(value)) {
        pen = false;
        continue;
      }
      path.append(format("%s%.1f %.1f ", pen ? "L" : "M", x(i * step, most), y(value, top)));
      pen = true;
    }
    return format(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
        path.toString().strip(), line.color());
  }

  private static double x(double at, double most) {
    return LEFT + (WIDTH - RIGHT - LEFT) * at / most;
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
