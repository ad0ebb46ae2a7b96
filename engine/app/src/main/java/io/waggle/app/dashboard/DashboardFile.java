package io.waggle.app.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.app.dashboard.Dashboard.Kind;
import io.waggle.app.dashboard.Dashboard.Panel;
import io.waggle.app.dashboard.Dashboard.Place;
import io.waggle.app.dashboard.Dashboard.State;
import io.waggle.app.dashboard.Dashboard.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a dashboard from Grafana's JSON. What it does not draw it refuses by name. */
final class DashboardFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int COLUMNS = 24;

  private final Path file;

  private DashboardFile(Path file) {
    this.file = file;
  }

  /**
   * Reads it.
   *
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when it is no dashboard, or has a panel that is not drawn here
   */
  static Dashboard read(Path file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": no JSON: " + e.getOriginalMessage(), e);
    }
    return new DashboardFile(file).dashboard(root);
  }

  private Dashboard dashboard(JsonNode root) {
    if (!root.path("panels").isArray() || root.path("panels").isEmpty()) {
      throw wrong("panels", "absent", "a list of at least one");
    }
    List<String> variables = new ArrayList<>();
    root.at("/templating/list").forEach(each -> variables.add(each.path("name").asText()));
    List<Panel> panels = new ArrayList<>();
    for (JsonNode panel : root.path("panels")) {
      panels.add(panel("panels[%d]".formatted(panels.size()), panel));
    }
    return new Dashboard(root.path("title").asText(), variables, panels);
  }

  private Panel panel(String field, JsonNode panel) {
    JsonNode defaults = panel.at("/fieldConfig/defaults");
    List<Target> targets = new ArrayList<>();
    panel
        .path("targets")
        .forEach(
            target ->
                targets.add(
                    new Target(
                        target.path("expr").asText(), target.path("legendFormat").asText())));
    Kind kind = kind(field, panel.path("type").asText());
    if (kind != Kind.ROW && targets.isEmpty()) {
      throw wrong(field + ".targets", "none", "at least one");
    }
    Unit unit;
    try {
      unit = Unit.of(defaults.path("unit").asText("none"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + field + "." + e.getMessage(), e);
    }
    return new Panel(
        kind,
        panel.path("title").asText(),
        place(field + ".gridPos", panel.path("gridPos")),
        unit,
        defaults.path("min").asDouble(Double.NaN),
        states(defaults.path("mappings")),
        dashed(panel.at("/fieldConfig/overrides")),
        !hidden(panel.at("/fieldConfig/overrides")),
        targets);
  }

  private Kind kind(String field, String type) {
    return switch (type) {
      case "row" -> Kind.ROW;
      case "timeseries" -> Kind.LINES;
      case "state-timeline" -> Kind.STATES;
      default -> throw wrong(field + ".type", type, "row, timeseries or state-timeline");
    };
  }

  private Place place(String field, JsonNode place) {
    int x = place.path("x").asInt(-1);
    int y = place.path("y").asInt(-1);
    int width = place.path("w").asInt();
    int height = place.path("h").asInt();
    if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > COLUMNS) {
      throw wrong(field, place.toString(), "x, y, w and h within 24 columns");
    }
    return new Place(x, y, width, height);
  }

  private static Map<Integer, State> states(JsonNode mappings) {
    Map<Integer, State> states = new HashMap<>();
    for (JsonNode mapping : mappings) {
      if (mapping.path("type").asText().equals("value")) {
        mapping
            .path("options")
            .properties()
            .forEach(
                each ->
                    states.put(
                        Integer.valueOf(each.getKey()),
                        new State(
                            each.getValue().path("text").asText(),
                            each.getValue().path("color").asText())));
      }
    }
    return states;
  }

  /** The names of the first override that says so. Grafana writes an expression between slashes. */
  private static @Nullable Pattern dashed(JsonNode overrides) {
    for (JsonNode override : overrides) {
      for (JsonNode property : override.path("properties")) {
        if (override.at("/matcher/id").asText().equals("byRegexp")
            && property.path("id").asText().equals("custom.lineStyle")
            && property.at("/value/fill").asText().equals("dash")) {
          return Pattern.compile(override.at("/matcher/options").asText().replaceAll("^/|/$", ""));
        }
      }
    }
    return null;
  }

  private static boolean hidden(JsonNode overrides) {
    return overrides.findValues("value").stream()
        .anyMatch(value -> value.path("legend").asBoolean());
  }

  private IllegalArgumentException wrong(String field, String value, String expected) {
    return new IllegalArgumentException(
        "%s: %s: %s (expected: %s)".formatted(file, field, value, expected));
  }
}
