package io.waggle.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Alerts and dashboards: metrics that are exported, runbooks that exist. */
final class MonitoringRules {
  static final Path RUNBOOKS = Path.of("../docs/operations");

  private static final Pattern METRIC = Pattern.compile("\\b(?:waggle|flink)_[A-Za-z_]+\\b");
  private static final Set<String> KNOWN = DocumentedMetrics.names();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Manifests manifests;
  private final List<Finding> findings;

  MonitoringRules(Manifests manifests, List<Finding> findings) {
    this.manifests = manifests;
    this.findings = findings;
  }

  void check() {
    manifests.ofKind("PrometheusRule").forEach(this::alerts);
    manifests
        .ofKind("ConfigMap")
        .filter(map -> Manifests.name(map).endsWith("-dashboards"))
        .forEach(
            map ->
                map.path("data")
                    .properties()
                    .forEach(file -> dashboard(file.getKey(), file.getValue().asText())));
  }

  private void alerts(JsonNode rules) {
    String label = Manifests.label(rules);
    for (JsonNode group : rules.at("/spec/groups")) {
      for (JsonNode rule : group.path("rules")) {
        String alert = label + ", alert " + rule.path("alert").asText();
        metrics(alert, rule.path("expr").asText());
        String severity = rule.at("/labels/severity").asText();
        String audience = rule.at("/labels/trouble").asText();
        if (!List.of("critical", "warning").contains(severity)
            || !List.of("users", "internal").contains(audience)) {
          findings.add(
              new Finding(
                  "alert",
                  alert,
                  "severity: %s, trouble: %s (expected: critical or warning, users or internal)"
                      .formatted(severity, audience)));
        }
        if (rule.at("/annotations/summary").asText().isBlank()) {
          findings.add(new Finding("alert", alert, "summary: absent"));
        }
        String runbook = rule.at("/annotations/runbook_url").asText();
        String page = runbook.substring(runbook.lastIndexOf('/') + 1);
        if (page.isEmpty() || !Files.exists(RUNBOOKS.resolve(page))) {
          findings.add(new Finding("runbook", alert, runbook + " is no page of docs/operations"));
        }
      }
    }
  }

  private void metrics(String label, String expression) {
    Matcher metric = METRIC.matcher(expression);
    boolean any = false;
    while (metric.find()) {
      any = true;
      if (!KNOWN.contains(metric.group())) {
        findings.add(new Finding("metric", label, metric.group() + " is exported by nobody"));
      }
    }
    if (!any) {
      findings.add(new Finding("metric", label, expression + ": names no metric"));
    }
  }

  private void dashboard(String file, String text) {
    JsonNode dashboard;
    try {
      dashboard = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      findings.add(new Finding("dashboard", file, "no JSON: " + e.getOriginalMessage()));
      return;
    }
    Set<Integer> ids = new HashSet<>();
    for (JsonNode panel : dashboard.path("panels")) {
      String label = file + ", panel " + panel.path("title").asText();
      if (!ids.add(panel.path("id").asInt()) || panel.path("title").asText().isBlank()) {
        findings.add(new Finding("dashboard", label, "(expected: a title, an id of its own)"));
      }
      JsonNode place = panel.path("gridPos");
      if (place.path("x").asInt() + place.path("w").asInt() > 24 || place.path("w").asInt() < 1) {
        findings.add(new Finding("dashboard", label, "gridPos: " + place));
      }
      panel.path("targets").forEach(target -> metrics(label, target.path("expr").asText()));
    }
  }
}
