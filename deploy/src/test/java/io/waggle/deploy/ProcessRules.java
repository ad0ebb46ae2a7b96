package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.app.Waggle;
import io.waggle.app.configuration.Installation;
import io.waggle.core.config.ConfigFile;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.deploy.Pods.Pod;
import io.waggle.jobs.job.JobConfig;
import io.waggle.server.ServiceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.rest.messages.DashboardConfigurationHeaders;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What the manifests ask of our own code: files it reads, arguments it takes, what it serves. */
final class ProcessRules {
  /**
   * Paths that the ranking service answers to a plain GET; {@code LoopITCase} asks a running one.
   */
  static final Set<String> SERVED = Set.of("/health", "/ready", "/metrics");

  private static final Pattern CLIENT_FILE = Pattern.compile("(?m)^(kafkaClientFile: )(.*)$");

  private static final CommandLine COMMAND_LINE = Waggle.commandLine();

  private final Manifests manifests;
  private final List<Pod> pods;
  private final List<Finding> findings;

  ProcessRules(Manifests manifests, List<Pod> pods, List<Finding> findings) {
    this.manifests = manifests;
    this.pods = pods;
    this.findings = findings;
  }

  void check() {
    configuration();
    surfaces();
    manifests.ofKind("FlinkDeployment").forEach(this::job);
    pods.forEach(this::clientFile);
    pods.stream().filter(pod -> pod.flink()).forEach(this::flinkProbes);
    for (Pod pod : pods) {
      for (JsonNode container : pod.containers()) {
        String image = container.path("image").asText();
        if (image.contains("waggle-tools")) {
          tool(pod, container);
        } else if (image.contains("waggle-service")) {
          service(pod, container);
        }
      }
    }
    manifests
        .ofKind("ServiceMonitor")
        .forEach(
            monitor -> {
              for (JsonNode endpoint : monitor.at("/spec/endpoints")) {
                served(Manifests.label(monitor), endpoint.path("path").asText("/metrics"));
              }
            });
  }

  /** The files of all processes together, by the parsers of the processes. */
  private void configuration() {
    Map<String, String> files = new TreeMap<>();
    manifests
        .ofKind("ConfigMap")
        .filter(map -> map.path("data").has(Installation.SESSION_JOB))
        .forEach(
            map ->
                map.path("data")
                    .properties()
                    .forEach(file -> files.put(file.getKey(), file.getValue().asText())));
    try {
      Path directory = Files.createTempDirectory("rendered");
      Path clientFile =
          Files.writeString(directory.resolve("client.properties"), "security.protocol=SSL\n");
      for (Map.Entry<String, String> file : files.entrySet()) {
        // What the Secret holds is not known here.
        String text = CLIENT_FILE.matcher(file.getValue()).replaceAll("$1" + clientFile);
        Files.writeString(directory.resolve(file.getKey()), text);
      }
      for (String problem : Installation.check(directory).problems()) {
        findings.add(new Finding("config", "ConfigMap", problem));
      }
      for (String file : files.keySet()) {
        Files.delete(directory.resolve(file));
      }
      Files.delete(clientFile);
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whoever has the configuration finds Kafka's client file where it says, out of a Secret. */
  private void clientFile(Pod pod) {
    Set<String> paths = new TreeSet<>();
    manifests
        .ofKind("ConfigMap")
        .flatMap(map -> map.path("data").valueStream())
        .forEach(
            text ->
                CLIENT_FILE
                    .matcher(text.asText())
                    .results()
                    .forEach(found -> paths.add(found.group(2))));
    for (JsonNode container : pod.containers()) {
      boolean configured =
          container
              .path("volumeMounts")
              .valueStream()
              .anyMatch(mount -> mount.path("name").asText().equals("config"));
      for (String path : paths) {
        if (configured && !isOfSecret(pod, container, path)) {
          findings.add(
              new Finding(
                  "kafka-client-file",
                  pod.owner(),
                  "%s: %s is in no mounted Secret"
                      .formatted(container.path("name").asText(), path)));
        }
      }
    }
  }

  private static boolean isOfSecret(Pod pod, JsonNode container, String path) {
    for (JsonNode mount : container.path("volumeMounts")) {
      for (JsonNode volume : pod.spec().path("volumes")) {
        if (volume.has("secret")
            && volume.path("name").equals(mount.path("name"))
            && path.startsWith(mount.path("mountPath").asText() + "/")) {
          return true;
        }
      }
    }
    return false;
  }

  private void surfaces() {
    manifests
        .ofKind("ConfigMap")
        .filter(map -> Manifests.name(map).endsWith("-surfaces"))
        .forEach(
            map ->
                map.path("data")
                    .properties()
                    .forEach(
                        file -> {
                          try {
                            Surface.of(SurfaceFiles.parse(file.getValue().asText()));
                          } catch (IllegalArgumentException e) {
                            findings.add(
                                new Finding(
                                    "surface",
                                    Manifests.label(map),
                                    file.getKey() + ": " + e.getMessage()));
                          }
                        }));
  }

  private void job(JsonNode deployment) {
    String label = Manifests.label(deployment);
    JsonNode job = deployment.at("/spec/job");
    entryClass(label, job.path("entryClass").asText());
    List<String> arguments = texts(job.path("args"));
    if (arguments.size() != 2 || !arguments.get(0).equals("--config")) {
      findings.add(new Finding("arguments", label, arguments + " (expected: --config FILE)"));
      return;
    }
    for (Pod pod : pods) {
      if (pod.owner().equals(label) && file(pod, arguments.get(1)).isEmpty()) {
        findings.add(new Finding("config-path", label, arguments.get(1) + " is mounted nowhere"));
      }
    }
    pods.stream()
        .filter(pod -> pod.owner().equals(label))
        .findFirst()
        .flatMap(pod -> file(pod, arguments.get(1)))
        .ifPresent(text -> agree(deployment, text));
  }

  private void agree(JsonNode deployment, String text) {
    String label = Manifests.label(deployment);
    JobConfig config;
    try {
      config = ConfigFile.parse(text, JobConfig.class);
    } catch (IllegalArgumentException e) {
      // Told by configuration().
      return;
    }
    String directory =
        deployment.at("/spec/flinkConfiguration").path("execution.checkpointing.dir").asText();
    if (!directory.equals(String.valueOf(config.checkpointDirectory()))) {
      findings.add(
          new Finding(
              "checkpoint-directory",
              label,
              directory + " (expected: " + config.checkpointDirectory() + ", as in its file)"));
    }
    int parallelism = deployment.at("/spec/job/parallelism").asInt();
    if (config.parallelism() == null || parallelism != config.parallelism()) {
      findings.add(
          new Finding(
              "parallelism",
              label,
              parallelism + " (expected: " + config.parallelism() + ", as in its file)"));
    }
    String reporter =
        deployment.at("/spec/flinkConfiguration").path("metrics.reporter.prometheus.port").asText();
    for (Pod pod : pods) {
      if (pod.owner().equals(label) && !pod.ports().contains(reporter)) {
        findings.add(
            new Finding("reporter-port", label, reporter + " is no port of the pod's container"));
      }
    }
  }

  private void entryClass(String label, String name) {
    try {
      Class<?> main = Class.forName(name);
      if (!Modifier.isStatic(main.getMethod("main", String[].class).getModifiers())) {
        findings.add(new Finding("entry-class", label, name + " has no static main"));
      }
    } catch (ReflectiveOperationException e) {
      findings.add(new Finding("entry-class", label, name + " has no main"));
    }
  }

  private void flinkProbes(Pod pod) {
    for (JsonNode container : pod.containers()) {
      for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
        JsonNode get = container.path(probe).path("httpGet");
        if (!get.isMissingNode()
            && (get.path("port").asInt() != RestOptions.PORT.defaultValue()
                || !get.path("path")
                    .asText()
                    .equals(
                        DashboardConfigurationHeaders.getInstance().getTargetRestEndpointURL()))) {
          findings.add(new Finding("probe-path", pod.owner(), probe + ": " + get));
        }
      }
    }
  }

  private void service(Pod pod, JsonNode container) {
    List<String> arguments = texts(container.path("args"));
    Optional<String> text =
        arguments.size() == 2 && arguments.get(0).equals("--config")
            ? file(pod, arguments.get(1))
            : Optional.empty();
    if (text.isEmpty()) {
      findings.add(
          new Finding(
              "arguments",
              pod.owner(),
              arguments + " (expected: --config FILE, of a mounted map)"));
      return;
    }
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      served(pod.owner(), container.path(probe).at("/httpGet/path").asText());
    }
    ServiceConfig config;
    try {
      config = ConfigFile.parse(text.get(), ServiceConfig.class);
    } catch (IllegalArgumentException e) {
      // Told by configuration().
      return;
    }
    if (!pod.ports().contains(String.valueOf(config.port()))) {
      findings.add(
          new Finding(
              "served-port",
              pod.owner(),
              "%s (expected: %s, as in its file)".formatted(pod.ports(), config.port())));
    }
    writable(pod, container, "viewDirectory", config.viewDirectory());
    if (config.viewDirectory() != null && !StorageRules.isKept(pod, config.viewDirectory())) {
      findings.add(
          new Finding(
              "storage",
              pod.owner(),
              "viewDirectory: %s (expected: on a claim; the spool is in it)"
                  .formatted(config.viewDirectory())));
    }
  }

  private void writable(Pod pod, JsonNode container, String key, @Nullable Path path) {
    boolean mounted = false;
    for (JsonNode mount : container.path("volumeMounts")) {
      mounted |=
          path != null
              && path.startsWith(Path.of(mount.path("mountPath").asText()))
              && !mount.path("readOnly").asBoolean();
    }
    if (!mounted) {
      findings.add(
          new Finding(
              "writable", pod.owner(), key + ": " + path + " is on no volume that can be written"));
    }
  }

  private void served(String label, String path) {
    if (!SERVED.contains(path)) {
      findings.add(new Finding("probe-path", label, path + " (expected: one of " + SERVED + ")"));
    }
  }

  private void tool(Pod pod, JsonNode container) {
    String[] arguments = texts(container.path("args")).toArray(new String[0]);
    try {
      var unused = COMMAND_LINE.parseArgs(arguments);
    } catch (CommandLine.ParameterException e) {
      findings.add(
          new Finding(
              "arguments", pod.owner(), container.path("name").asText() + ": " + e.getMessage()));
    }
  }

  /** The text of a path in the pod, where a ConfigMap of the rendering is mounted there. */
  private Optional<String> file(Pod pod, String path) {
    for (JsonNode container : pod.spec().path("containers")) {
      for (JsonNode mount : container.path("volumeMounts")) {
        String folder = mount.path("mountPath").asText() + "/";
        if (!path.startsWith(folder)) {
          continue;
        }
        for (JsonNode volume : pod.spec().path("volumes")) {
          if (volume.path("name").equals(mount.path("name"))) {
            return manifests
                .find("ConfigMap", volume.at("/configMap/name").asText())
                .map(map -> map.path("data").path(path.substring(folder.length())))
                .filter(text -> !text.isMissingNode())
                .map(JsonNode::asText);
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
