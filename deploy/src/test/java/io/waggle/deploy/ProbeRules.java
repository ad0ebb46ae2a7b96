package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.deploy.Pods.Pod;
import java.util.List;

/** What probes ask fits what Kubernetes does with the answer. */
final class ProbeRules {
  /** A JVM, native libraries and views that are opened, on a node that starts other pods too. */
  private static final int LEAST_START_SECONDS = 60;

  private final Pod pod;
  private final List<Finding> findings;

  ProbeRules(Pod pod, List<Finding> findings) {
    this.pod = pod;
    this.findings = findings;
  }

  void check() {
    for (JsonNode container : pod.spec().path("containers")) {
      if (path(container, "livenessProbe").equals("/ready")) {
        add("liveness", "asks /ready (expected: /health; what catches up would be killed for it)");
      }
      if (path(container, "readinessProbe").equals("/health")) {
        add("readiness", "asks /health (expected: /ready; what has no views yet would be asked)");
      }
      JsonNode startup = container.path("startupProbe");
      int seconds =
          startup.path("periodSeconds").asInt(10) * startup.path("failureThreshold").asInt(3);
      if (container.has("livenessProbe")
          && (startup.isMissingNode() || seconds < LEAST_START_SECONDS)) {
        add(
            "startup",
            "has %d s to start (expected: at least %d)".formatted(seconds, LEAST_START_SECONDS));
      }
    }
  }

  private static String path(JsonNode container, String probe) {
    return container.path(probe).at("/httpGet/path").asText();
  }

  private void add(String rule, String message) {
    findings.add(new Finding(rule, pod.owner(), message));
  }
}
