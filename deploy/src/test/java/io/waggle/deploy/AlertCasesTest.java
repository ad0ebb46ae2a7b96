package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each alert fires for what it is for, alone, and none does while all is well. */
class AlertCasesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Late enough for the longest {@code for}. */
  private static final String LOOKED_AT = "50m";

  private static JsonNode cases;
  private static List<JsonNode> alerts;

  @TempDir Path directory;

  @BeforeAll
  static void read() throws IOException {
    cases = Checks.resource("alert-cases.yaml");
    alerts = AlertsTest.alerts();
  }

  @Test
  void everyAlertHasACase() {
    Set<String> fired = new TreeSet<>();
    cases
        .path("cases")
        .forEach(each -> each.path("fires").fieldNames().forEachRemaining(fired::add));

    assertThat(fired)
        .containsExactlyInAnyOrderElementsOf(
            alerts.stream().map(alert -> alert.path("alert").asText()).toList());
  }

  @Test
  void eachFiresForWhatItIsForAndNoOtherDoes() throws Exception {
    Promtool.assumeHere("firing the alerts");
    ObjectNode tests = JSON.createObjectNode();
    tests.putArray("rule_files").add(AlertsTest.ALERTS.toAbsolutePath().toString());
    tests.put("evaluation_interval", "1m");
    cases.path("cases").forEach(each -> add(tests.withArray("tests"), each));
    // JSON is YAML.
    Path file = Files.writeString(directory.resolve("tests.yaml"), tests.toString());

    Promtool.Answer answer = Promtool.run("test", "rules", file.toString());

    assertThat(answer.exit()).as(answer.said()).isZero();
  }

  private static void add(ArrayNode tests, JsonNode each) {
    ObjectNode test = tests.addObject();
    test.put("name", each.path("fires").toString());
    test.put("interval", "1m");
    Map<String, String> series = new LinkedHashMap<>();
    cases
        .path("healthy")
        .properties()
        .forEach(one -> series.put(one.getKey(), one.getValue().asText()));
    for (Map.Entry<String, JsonNode> one : each.path("series").properties()) {
      if (one.getValue().isNull()) {
        assertThat(series.remove(one.getKey())).as("healthy has " + one.getKey()).isNotNull();
      } else {
        series.put(one.getKey(), one.getValue().asText());
      }
    }
    ArrayNode input = test.putArray("input_series");
    series.forEach((name, values) -> input.addObject().put("series", name).put("values", values));
    ArrayNode expected = test.putArray("alert_rule_test");
    for (JsonNode alert : alerts) {
      String name = alert.path("alert").asText();
      ObjectNode one = expected.addObject().put("eval_time", LOOKED_AT).put("alertname", name);
      ArrayNode firing = one.putArray("exp_alerts");
      if (each.path("fires").has(name)) {
        ObjectNode fires = firing.addObject();
        ObjectNode labels = alert.path("labels").deepCopy();
        labels.setAll((ObjectNode) each.path("fires").path(name));
        fires.set("exp_labels", labels);
        fires.set("exp_annotations", alert.path("annotations"));
      }
    }
  }
}
