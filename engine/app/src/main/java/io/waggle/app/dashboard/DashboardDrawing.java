package io.waggle.app.dashboard;

import io.waggle.app.dashboard.Dashboard.Kind;
import io.waggle.app.dashboard.Dashboard.Panel;
import io.waggle.app.dashboard.Dashboard.Place;
import io.waggle.app.dashboard.PanelData.Line;
import io.waggle.app.report.Svg;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A dashboard as one SVG file, with every panel where Grafana has it. Pure. */
final class DashboardDrawing {
  private static final int COLUMN = 60;
  private static final int UNIT = 28;
  private static final int GAP = 8;
  private static final int COLUMNS = 24;
  private static final int HEAD = 44;

  private static final String STYLE =
      """
      svg { font-family: sans-serif; font-size: 11px; fill: #222; }
      .page { fill: #f4f5f5; } .panel { fill: #fff; stroke: #d8d9da; }
      .head { font-size: 20px; } .row { font-size: 15px; } .title { font-size: 13px; font-weight: bold; }
      .tick, .legend { fill: #555; } .nodata { font-size: 15px; fill: #999; }
      .grid { stroke: #e8e8e8; } .curve { fill: none; stroke-width: 1.5; } .dashed { stroke-dasharray: 6 4; } .dot { stroke: none; }
      .state { opacity: 0.45; } .state.green { fill: #56a64b; } .state.blue { fill: #3274d9; }
      .state.yellow { fill: #f2cc0c; } .state.red { fill: #e02f44; } .state.gray { fill: #999; }
      """;

  /** Told apart on paper too: Tableau's ten. */
  private static final List<String> COLORS =
      List.of(
          "#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1", "#76b7b2", "#edc948", "#ff9da7",
          "#9c755f", "#79706e");

  private DashboardDrawing() {}

  /**
   * Draws it.
   *
   * @param lines by panel; one that is not in it has no data
   */
  static String svg(Dashboard dashboard, TimeGrid grid, Map<Panel, List<Line>> lines) {
    int height =
        HEAD
            + UNIT
                * dashboard.panels().stream()
                    .map(Panel::place)
                    .mapToInt(place -> place.y() + place.height())
                    .max()
                    .orElse(0)
            + GAP;
    int width = COLUMN * COLUMNS + GAP;
    StringBuilder svg = new StringBuilder(1 << 17);
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-label="%3$s">
        <style>
        %4$s%5$s</style>
        <rect width="%1$d" height="%2$d" class="page"/>
        <text x="%6$d" y="29" class="head">%3$s</text>
        <text x="%7$d" y="29" text-anchor="end" class="tick">%8$s</text>
        """
            .formatted(
                width,
                height,
                Svg.escaped(dashboard.title()),
                STYLE,
                colors(),
                GAP + 4,
                width - GAP,
                "%s to %s".formatted(moment(grid.startSeconds()), moment(grid.endSeconds()))));
    for (Panel panel : dashboard.panels()) {
      Place place = panel.place();
      int x = GAP + COLUMN * place.x();
      int y = HEAD + UNIT * place.y();
      if (panel.kind() == Kind.ROW) {
        svg.append(
            "<text x=\"%d\" y=\"%d\" class=\"row\">%s</text>%n"
                .formatted(x + 4, y + UNIT - 9, Svg.escaped(panel.title())));
        continue;
      }
      svg.append("<g transform=\"translate(%d %d)\">%n".formatted(x, y))
          .append(
              PanelDrawing.element(
                  panel,
                  grid,
                  lines.getOrDefault(panel, List.of()),
                  COLUMN * place.width() - GAP,
                  UNIT * place.height() - GAP))
          .append("</g>\n");
    }
    return svg.append("</svg>\n").toString();
  }

  private static String colors() {
    StringBuilder style = new StringBuilder();
    for (int i = 0; i < PanelDrawing.COLORS; i++) {
      style.append(
          String.format(
              Locale.ROOT,
              ".c%1$d { stroke: %2$s; } .dot.c%1$d { fill: %2$s; }%n",
              i,
              COLORS.get(i)));
    }
    return style.toString();
  }

  private static String moment(long seconds) {
    return Instant.ofEpochSecond(seconds).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
