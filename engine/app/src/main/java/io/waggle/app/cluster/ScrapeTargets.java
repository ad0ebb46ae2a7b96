package io.waggle.app.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What Prometheus reads its targets from ({@code file_sd_configs}): every process with metrics, by
 * the name that it has in the cluster. Pure.
 */
final class ScrapeTargets {
  private ScrapeTargets() {}

  static List<Map<String, Object>> of(Ports ports) {
    List<Map<String, Object>> targets = new ArrayList<>();
    targets.add(target("flink", "jobmanager", ports.jobManagerMetrics()));
    for (int i = 0; i < ports.taskManagerMetrics().size(); i++) {
      targets.add(target("flink", "taskmanager-" + (i + 1), ports.taskManagerMetrics().get(i)));
    }
    for (int i = 0; i < ports.services().size(); i++) {
      targets.add(target("ranking", "service-" + (i + 1), ports.services().get(i)));
    }
    return targets;
  }

  private static Map<String, Object> target(String job, String process, int port) {
    return Map.of(
        "targets", List.of("127.0.0.1:" + port), "labels", Map.of("job", job, "process", process));
  }
}
