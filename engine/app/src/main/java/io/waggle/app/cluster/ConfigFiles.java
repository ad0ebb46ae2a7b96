package io.waggle.app.cluster;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.waggle.app.report.JsonFile;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes each process's configuration as it would be written by hand; JSON is YAML as well. */
final class ConfigFiles {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String CONFIG = "config.yaml";

  private final ClusterDirectory directory;
  private final Ports ports;
  private final int parallelism;

  private ConfigFiles(ClusterDirectory directory, Ports ports, int parallelism) {
    this.directory = directory;
    this.ports = ports;
    this.parallelism = parallelism;
  }

  /**
   * Writes all of them.
   *
   * @param parallelism of the jobs, at least 1
   */
  static void write(
      ClusterDirectory directory, Ports ports, List<SurfaceConfig> surfaces, int parallelism) {
    ConfigFiles files = new ConfigFiles(directory, ports, parallelism);
    files.surfaces(surfaces);
    files.jobs();
    files.services();
    files.flink();
    JsonFile.write(directory.scrapeTargets(), ScrapeTargets.of(ports));
  }

  private void surfaces(List<SurfaceConfig> surfaces) {
    try {
      Files.createDirectories(directory.surfaces());
      try (DirectoryStream<Path> earlier = Files.newDirectoryStream(directory.surfaces())) {
        for (Path file : earlier) {
          Files.delete(file);
        }
      }
      for (SurfaceConfig surface : surfaces) {
        Files.writeString(
            directory.surfaces().resolve(surface.getName() + ".yaml"),
            JsonFormat.printer().print(surface));
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a surface cannot be written", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the surfaces", e);
    }
  }

  private void jobs() {
    for (ClusterJob job : ClusterJob.values()) {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("bootstrapServers", ports.bootstrapServers());
      config.put("surfaces", directory.surfaces().toString());
      config.put("parallelism", parallelism);
      config.put("checkpointDirectory", directory.checkpoints().toUri().toString());
      if (job == ClusterJob.LEARNING) {
        config.put("registry", Map.of("directory", directory.registry().toUri().toString()));
      }
      JsonFile.write(directory.config(job.configFile()), config);
    }
  }

  private void services() {
    for (int i = 0; i < ports.services().size(); i++) {
      String name = "service-" + (i + 1);
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("bootstrapServers", ports.bootstrapServers());
      config.put("surfaces", directory.surfaces().toString());
      config.put("viewDirectory", directory.views(name).toString());
      config.put("spoolDirectory", directory.spool(name).toString());
      config.put("registry", directory.registry().toString());
      config.put("host", LOOPBACK);
      config.put("port", ports.services().get(i));
      // Nobody balances between the two, so there is nothing to wait for.
      config.put("warmUp", "PT1S");
      config.put("drain", "PT0S");
      JsonFile.write(directory.config(name + ".yaml"), config);
    }
  }

  private void flink() {
    Map<String, Object> jobManager = common();
    jobManager.put("jobmanager.bind-host", LOOPBACK);
    jobManager.put("rest.bind-address", LOOPBACK);
    jobManager.put("rest.bind-port", Integer.toString(ports.rest()));
    jobManager.put("io.tmp.dirs", directory.temporary("jobmanager").toString());
    // One job on each task manager while both are up.
    jobManager.put("taskmanager.load-balance.mode", "SLOTS");
    jobManager.putAll(metrics(ports.jobManagerMetrics()));
    JsonFile.write(directory.config("jobmanager").resolve(CONFIG), jobManager);
    for (int i = 0; i < ports.taskManagerMetrics().size(); i++) {
      String name = "taskmanager-" + (i + 1);
      JsonFile.write(
          directory.config(name).resolve(CONFIG),
          taskManager(name, ports.taskManagerMetrics().get(i)));
    }
  }

  private Map<String, Object> common() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("jobmanager.rpc.address", LOOPBACK);
    config.put("jobmanager.rpc.port", ports.jobManager());
    config.put("rest.address", LOOPBACK);
    config.put("rest.port", ports.rest());
    // A process that is gone refuses the connection and is missed after two heartbeats; one that
    // only does not answer has a busy machine to thank and gets longer.
    config.put("heartbeat.interval", "1 s");
    config.put("heartbeat.timeout", "10 s");
    // What was started again is back within seconds, so it is asked for each second.
    config.put("cluster.registration.error-delay", "1 s");
    config.put("cluster.registration.refused-registration-delay", "1 s");
    config.put("cluster.registration.max-timeout", "2 s");
    return config;
  }

  private Map<String, Object> taskManager(String name, int metricsPort) {
    Map<String, Object> config = common();
    config.put("taskmanager.host", LOOPBACK);
    config.put("taskmanager.bind-host", LOOPBACK);
    // The same name after a restart: the job manager then knows at once that the old one is gone.
    config.put("taskmanager.resource-id", name);
    config.put("io.tmp.dirs", directory.temporary(name).toString());
    // Room for both jobs, so that one task manager carries them while the other is away.
    config.put("taskmanager.numberOfTaskSlots", ClusterJob.values().length * parallelism);
    config.put("taskmanager.cpu.cores", 1);
    config.put("taskmanager.memory.framework.heap.size", "128 mb");
    config.put("taskmanager.memory.framework.off-heap.size", "128 mb");
    config.put("taskmanager.memory.task.heap.size", "256 mb");
    config.put("taskmanager.memory.task.off-heap.size", "128 mb");
    config.put("taskmanager.memory.network.min", "32 mb");
    config.put("taskmanager.memory.network.max", "32 mb");
    config.put("taskmanager.memory.managed.size", "128 mb");
    // Flink's scripts would derive these; the runner itself wants them said.
    config.put("taskmanager.memory.jvm-metaspace.size", "256 mb");
    config.put("taskmanager.memory.jvm-overhead.min", "192 mb");
    config.put("taskmanager.memory.jvm-overhead.max", "192 mb");
    config.putAll(metrics(metricsPort));
    return config;
  }

  private static Map<String, Object> metrics(int port) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("metrics.reporters", "prometheus");
    config.put(
        "metrics.reporter.prometheus.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    config.put("metrics.reporter.prometheus.port", Integer.toString(port));
    config.put("metrics.reporter.prometheus.filterLabelValueCharacters", "false");
    return config;
  }
}
