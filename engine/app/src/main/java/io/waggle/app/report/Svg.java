package io.waggle.app.report;

import java.util.Locale;

/**
 * A drawing that is part of a page: colors and fonts are the page's, by class. Pure but for what
 * was drawn so far; one thread.
 */
public final class Svg {
  private final StringBuilder content = new StringBuilder(4_096);
  private final int width;
  private final int height;
  private final String label;

  /**
   * Begins.
   *
   * @param label what it shows, for readers who cannot see it
   */
  public Svg(int width, int height, String label) {
    this.width = width;
    this.height = height;
    this.label = label;
  }

  /** A straight line. */
  public Svg line(double x1, double y1, double x2, double y2, String style) {
    return add(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>",
        x1, y1, x2, y2, style);
  }

  /** A filled rectangle. */
  public Svg rect(double x, double y, double width, double height, String style) {
    return add(
        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>",
        x, y, width, height, style);
  }

  /** A dot that says something when pointed at. */
  public Svg dot(double x, double y, double radius, String style, String title) {
    return add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"><title>%s</title></circle>",
        x, y, radius, style, escaped(title));
  }

  /** A path as SVG has it. */
  public Svg path(String path, String style) {
    return add("<path d=\"%s\" class=\"%s\"/>", path, style);
  }

  /**
   * A text.
   *
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  public Svg text(double x, double y, String anchor, String style, String text) {
    return add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>",
        x, y, anchor, style, escaped(text));
  }

  private Svg add(String format, Object... values) {
    content.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  /** The drawing. */
  public String element() {
    return String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " aria-label=\"%s\">%n",
            width,
            height,
            width,
            height,
            escaped(label))
        + content
        + "</svg>\n";
  }

  /** A text with what HTML would take for its own replaced. */
  public static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
