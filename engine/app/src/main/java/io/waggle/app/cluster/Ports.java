package io.waggle.app.cluster;

import io.waggle.app.embedded.FreePort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The ports of a cluster, all on the loopback interface; they stay while it is up, so a process
 * that is started again is found where it was.
 *
 * @param jobManagerMetrics where the job manager tells its metrics
 * @param taskManagerMetrics of {@code taskmanager-1}, {@code taskmanager-2}
 * @param services of {@code service-1}, {@code service-2}
 */
record Ports(
    int kafka,
    int jobManager,
    int rest,
    int jobManagerMetrics,
    List<Integer> taskManagerMetrics,
    List<Integer> services) {
  private static final int SINGLE = 4;
  private static final int CHOSEN = SINGLE + Member.TASK_MANAGERS;
  private static final int HIGHEST = 65_535;

  Ports {
    taskManagerMetrics = List.copyOf(taskManagerMetrics);
    services = List.copyOf(services);
  }

  /**
   * Free ones.
   *
   * @param service the first service's, the second gets the next; 0: any two
   */
  static Ports choose(int service) {
    if (service < 0 || service >= HIGHEST) {
      throw new IllegalArgumentException(
          "--port: %d (expected: 0 to %d)".formatted(service, HIGHEST - 1));
    }
    if (service != 0) {
      FreePort.check(service);
      FreePort.check(service + 1);
    }
    List<Integer> free = FreePort.several(CHOSEN + Member.SERVICES);
    List<Integer> services =
        service == 0 ? free.subList(CHOSEN, free.size()) : List.of(service, service + 1);
    return new Ports(
        free.get(0), free.get(1), free.get(2), free.get(3), free.subList(SINGLE, CHOSEN), services);
  }

  String bootstrapServers() {
    return "127.0.0.1:" + kafka;
  }

  void write(Path file) {
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("kafka", (long) kafka);
    values.put("jobmanager", (long) jobManager);
    values.put("rest", (long) rest);
    values.put("jobmanager-metrics", (long) jobManagerMetrics);
    for (int i = 0; i < taskManagerMetrics.size(); i++) {
      values.put("taskmanager-" + (i + 1) + "-metrics", (long) taskManagerMetrics.get(i));
    }
    for (int i = 0; i < services.size(); i++) {
      values.put("service-" + (i + 1), (long) services.get(i));
    }
    PropertiesFile.write(file, values);
  }

  /** Empty where no cluster was ever up. */
  static Optional<Ports> read(Path file) {
    return PropertiesFile.read(file)
        .map(
            properties ->
                new Ports(
                    port(properties, file, "kafka"),
                    port(properties, file, "jobmanager"),
                    port(properties, file, "rest"),
                    port(properties, file, "jobmanager-metrics"),
                    several(properties, file, "taskmanager-%d-metrics", Member.TASK_MANAGERS),
                    several(properties, file, "service-%d", Member.SERVICES)));
  }

  private static List<Integer> several(Properties properties, Path file, String key, int count) {
    List<Integer> ports = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ports.add(port(properties, file, key.formatted(i)));
    }
    return ports;
  }

  private static int port(Properties properties, Path file, String key) {
    return Math.toIntExact(PropertiesFile.number(properties, file, key));
  }
}
