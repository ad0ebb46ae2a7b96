package io.waggle.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over time as an SVG drawing. Pure. */
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
   * @param values one a second, from second 0; a NaN leaves a gap
   */
  public record Line(String name, String color, double[] values) {}

  /** A moment worth a word. */
  public record Mark(String text, double second) {}

  private final String title;
  private final String yLabel;
  private final List<Line> lines = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();

  public LineChart(String title, String yLabel) {
    this.title = title;
    this.yLabel = yLabel;
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
    double mostSeconds = 1;
    double mostValue = 0;
    for (Line line : lines) {
      mostSeconds = Math.max(mostSeconds, line.values().length - 1);
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
            .formatted(WIDTH, HEIGHT, LEFT, escaped(title)));
    grid(svg, mostSeconds, top);
    for (Mark mark : marks) {
      double x = x(mark.second(), mostSeconds);
      svg.append(
          format(
              "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#888\""
                  + " stroke-dasharray=\"5 4\"/>%n<text x=\"%.1f\" y=\"%d\""
                  + " fill=\"#555\">%s</text>%n",
              x, TOP, x, HEIGHT - BOTTOM, x + 4, TOP + 12, escaped(mark.text())));
    }
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      svg.append(path(line, mostSeconds, top));
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
              escaped(line.name())));
    }
    return svg.append("</svg>\n").toString();
  }

  private void grid(StringBuilder svg, double mostSeconds, double top) {
    for (int i = 0; i <= GRID_LINES; i++) {
      double value = top * i / GRID_LINES;
      double y = y(value, top);
      svg.append(
          format(
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>%n"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>%n",
              LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y + 4, value));
      double second = mostSeconds * i / GRID_LINES;
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f s</text>%n",
              x(second, mostSeconds), HEIGHT - BOTTOM + 18, second));
    }
    svg.append(
        format(
            "<text x=\"16\" y=\"%d\" transform=\"rotate(-90 16 %d)\""
                + " text-anchor=\"middle\">%s</text>%n",
            (TOP + HEIGHT - BOTTOM) / 2, (TOP + HEIGHT - BOTTOM) / 2, escaped(yLabel)));
  }

  private static String path(Line line, double mostSeconds, double top) {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int second = 0; second < line.values().length; second++) {
      double value = line.values()[second];
      if (Double.isNaN(value)) {
        pen = false;
        continue;
      }
      path.append(format("%s%.1f %.1f ", pen ? "L" : "M", x(second, mostSeconds), y(value, top)));
      pen = true;
    }
    return format(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
        path.toString().strip(), line.color());
  }

  private static double x(double second, double mostSeconds) {
    return LEFT + (WIDTH - RIGHT - LEFT) * second / mostSeconds;
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
