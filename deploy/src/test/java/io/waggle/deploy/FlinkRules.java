package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;

/**
 * A FlinkDeployment by the rules of the operator's own validator, written anew since it cannot be
 * had as a library, and by Flink's own code: option keys, their values, the sums of its memory.
 */
final class FlinkRules {
  private static final List<String> FORBIDDEN =
      List.of("kubernetes.namespace", "kubernetes.cluster-id");
  private static final Set<String> LOG_FILES =
      Set.of("log4j-console.properties", "logback-console.xml");

  /** Keys that Flink's operator, its Prometheus reporter and its S3 plugin read. */
  private static final Set<String> OTHERS_KEYS =
      Set.of(
          "kubernetes.operator.periodic.savepoint.interval",
          "kubernetes.operator.savepoint.history.max.count",
          "kubernetes.operator.cluster.health-check.enabled",
          "kubernetes.operator.job.restart.failed",
          "job.autoscaler.enabled",
          "job.autoscaler.vertex.max-parallelism",
          "job.autoscaler.metrics.window",
          "job.autoscaler.stabilization.interval",
          "metrics.reporter.prometheus.factory.class",
          "metrics.reporter.prometheus.port",
          "metrics.reporter.prometheus.filterLabelValueCharacters",
          "s3.endpoint",
          "s3.path.style.access");

  private final JsonNode deployment;
  private final List<Finding> findings;
  private final Map<String, String> settings = new HashMap<>();

  FlinkRules(JsonNode deployment, List<Finding> findings) {
    this.deployment = deployment;
    this.findings = findings;
  }

  void check() {
    deployment
        .at("/spec/flinkConfiguration")
        .properties()
        .forEach(field -> setting(field.getKey(), field.getValue()));
    Configuration configuration = Configuration.fromMap(settings);
    operator(configuration);
    job(configuration);
    memory(configuration);
  }

  private void setting(String key, JsonNode value) {
    if (!value.isTextual()) {
      add(
          "flink-value",
          key + ": " + value + " (expected: text; operators differ in what else they take)");
    }
    settings.put(key, value.asText());
    if (FORBIDDEN.contains(key)) {
      add("operator", key + ": set (expected: absent, the operator sets it)");
    } else if (FlinkOptions.all().find(key).isEmpty() && !OTHERS_KEYS.contains(key)) {
      add("flink-option", key + ": Flink has no such option");
    } else {
      FlinkOptions.all()
          .find(key)
          .ifPresent(
              option -> {
                try {
                  Configuration.fromMap(Map.of(key, value.asText())).get(option);
                } catch (IllegalArgumentException e) {
                  add("flink-value", key + ": " + value + ": " + e.getMessage());
                }
              });
    }
  }

  private void operator(Configuration configuration) {
    if (!Manifests.name(deployment).matches("[a-z]([-a-z0-9]{0,43}[a-z0-9])?")) {
      add("operator", "name (expected: 45 small letters, digits and dashes at most)");
    }
    boolean available = "kubernetes".equals(configuration.get(HighAvailabilityOptions.HA_MODE));
    if (!available || configuration.get(HighAvailabilityOptions.HA_STORAGE_PATH) == null) {
      add("high-availability", "(expected: high-availability.type kubernetes, and a storageDir)");
    }
    if (deployment.at("/spec/jobManager/replicas").asInt(1) < 1) {
      add("operator", "jobManager.replicas (expected: at least 1)");
    }
    deployment
        .at("/spec/logConfiguration")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!LOG_FILES.contains(name)) {
                add(
                    "operator",
                    "logConfiguration." + name + " (expected: one of " + LOG_FILES + ")");
              }
            });
    JsonNode ingress = deployment.at("/spec/ingress");
    if (ingress.isObject() && ingress.path("template").asText().isEmpty()) {
      add("operator", "ingress.template: absent");
    }
    if (deployment.at("/spec/serviceAccount").asText().isEmpty()) {
      add("operator", "serviceAccount: absent");
    }
  }

  private void job(Configuration configuration) {
    JsonNode job = deployment.at("/spec/job");
    if (job.path("parallelism").asInt() < 1) {
      add("operator", "job.parallelism (expected: at least 1)");
    }
    String jar = job.path("jarURI").asText();
    if (jar.isEmpty() || URI.create(jar).getScheme() == null) {
      add("operator", "job.jarURI: " + jar + " (expected: a URI with a scheme)");
    }
    if (!job.path("state").asText("running").equals("running")) {
      add("operator", "job.state (expected: running, a new deployment starts)");
    }
    String upgrade = job.path("upgradeMode").asText("stateless");
    if (!upgrade.equals("stateless")
        && configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY) == null) {
      add("operator", upgrade + " upgrades need execution.checkpointing.dir");
    }
    boolean savepoints =
        upgrade.equals("savepoint")
            || job.has("savepointTriggerNonce")
            || settings.containsKey("kubernetes.operator.periodic.savepoint.interval");
    if (savepoints && configuration.get(CheckpointingOptions.SAVEPOINT_DIRECTORY) == null) {
      add("operator", "savepoints need execution.checkpointing.savepoint-dir");
    }
    if (upgrade.equals("stateless")) {
      add("operator", "job.upgradeMode: stateless (expected: a mode that keeps the state)");
    }
  }

  private void memory(Configuration configuration) {
    process("taskManager", configuration, TaskManagerOptions.TOTAL_PROCESS_MEMORY.key());
    process("jobManager", configuration, JobManagerOptions.TOTAL_PROCESS_MEMORY.key());
  }

  /** As the operator does: the resource's memory is the whole process's. */
  private void process(String part, Configuration configuration, String key) {
    JsonNode resource = deployment.at("/spec/" + part + "/resource");
    Configuration whole = new Configuration(configuration);
    try {
      MemorySize memory = MemorySize.parse(resource.path("memory").asText());
      if (!(resource.path("cpu").asDouble() > 0)) {
        add(
            "flink-memory",
            part + ".resource.cpu: " + resource.path("cpu") + " (expected: above 0)");
      }
      whole.setString(key, memory.toString());
      if (part.equals("taskManager")) {
        TaskExecutorProcessUtils.processSpecFromConfig(whole);
      } else {
        JobManagerProcessUtils.processSpecFromConfig(whole);
      }
    } catch (RuntimeException e) {
      add("flink-memory", part + ": " + e.getMessage());
    }
  }

  private void add(String rule, String message) {
    findings.add(new Finding(rule, Manifests.label(deployment), message));
  }
}
