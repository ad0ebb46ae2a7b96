package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.deploy.Pods.Pod;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What has to hold inside one pod, and between it and the objects that it names. */
final class PodRules {
  /** Secrets that operators make themselves; deploy/README.md says how. */
  private static final Set<String> SECRETS = Set.of("waggle-object-storage", "waggle-kafka");

  private static final Pattern QUANTITY =
      Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(m|k|Ki|M|Mi|G|Gi|T|Ti)?");
  private static final Pattern HEAP = Pattern.compile("-Xmx([0-9]+)([mMgG])");
  private static final Pattern HEAP_SHARE = Pattern.compile("-XX:MaxRAMPercentage=([0-9.]+)");
  private static final BigDecimal MOST_HEAP = new BigDecimal("0.8");
  private static final Map<String, BigDecimal> UNITS =
      Map.of(
          "", BigDecimal.ONE,
          "m", new BigDecimal("0.001"),
          "k", BigDecimal.valueOf(1_000),
          "Ki", BigDecimal.valueOf(1 << 10),
          "M", BigDecimal.valueOf(1_000_000),
          "Mi", BigDecimal.valueOf(1 << 20),
          "G", BigDecimal.valueOf(1_000_000_000),
          "Gi", BigDecimal.valueOf(1 << 30),
          "T", BigDecimal.valueOf(1_000_000_000_000L),
          "Ti", BigDecimal.valueOf(1L << 40));

  private final Manifests manifests;
  private final Pod pod;
  private final List<Finding> findings;

  PodRules(Manifests manifests, Pod pod, List<Finding> findings) {
    this.manifests = manifests;
    this.pod = pod;
    this.findings = findings;
  }

  void check() {
    references();
    Set<String> volumes = volumes();
    Set<String> mounted = new HashSet<>();
    for (JsonNode container : pod.containers()) {
      mounts(container, volumes, mounted);
      ports(container);
      image(container);
      environment(container);
      security(container);
      resources(container);
      termination(container);
    }
    volumes.stream()
        .filter(volume -> !mounted.contains(volume))
        .forEach(volume -> add("mount", "volume " + volume + " is mounted nowhere"));
  }

  private void references() {
    String account = pod.spec().path("serviceAccountName").asText();
    if (!account.isEmpty() && manifests.find("ServiceAccount", account).isEmpty()) {
      add("service-account", account + " is not there");
    }
    for (JsonNode volume : pod.spec().path("volumes")) {
      named("ConfigMap", volume.at("/configMap/name"), "config-map");
      named("PersistentVolumeClaim", volume.at("/persistentVolumeClaim/claimName"), "claim");
      secret(volume.at("/secret/secretName"));
    }
    for (JsonNode constraint : pod.spec().path("topologySpreadConstraints")) {
      if (!pod.matches(constraint.path("labelSelector"))) {
        add("spread", "its topology constraint does not count the pod itself");
      }
    }
  }

  private void named(String kind, JsonNode name, String rule) {
    if (!name.isMissingNode() && manifests.find(kind, name.asText()).isEmpty()) {
      add(rule, kind + " " + name.asText() + " is not there");
    }
  }

  private void secret(JsonNode name) {
    if (!name.isMissingNode() && !SECRETS.contains(name.asText())) {
      add("secret", name.asText() + " is not one that deploy/README.md says to make");
    }
  }

  private Set<String> volumes() {
    Set<String> names = new TreeSet<>(pod.claims());
    for (JsonNode volume : pod.spec().path("volumes")) {
      if (!names.add(volume.path("name").asText())) {
        add("mount", "volume " + volume.path("name").asText() + " is there twice");
      }
    }
    return names;
  }

  private void mounts(JsonNode container, Set<String> volumes, Set<String> mounted) {
    Set<String> paths = new HashSet<>();
    for (JsonNode mount : container.path("volumeMounts")) {
      String name = mount.path("name").asText();
      String path = mount.path("mountPath").asText();
      mounted.add(name);
      if (!volumes.contains(name)) {
        add("mount", container.path("name").asText() + " mounts " + name + ", which is no volume");
      }
      if (!path.startsWith("/") || !paths.add(path)) {
        add(
            "mount",
            container.path("name").asText()
                + " mounts at "
                + path
                + " (expected: an absolute path, once)");
      }
    }
  }

  private void ports(JsonNode container) {
    Set<String> names = new HashSet<>();
    for (JsonNode port : container.path("ports")) {
      int number = port.path("containerPort").asInt();
      if (number < 1 || number > 65_535) {
        add("port-range", "containerPort: " + number + " (expected: 1 to 65535)");
      }
      if (!names.add(port.path("name").asText()) || port.path("name").asText().length() > 15) {
        add("port-name", port.path("name").asText() + " (expected: once, 15 letters at most)");
      }
    }
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      for (String kind : List.of("httpGet", "tcpSocket", "grpc")) {
        JsonNode port = container.path(probe).path(kind).path("port");
        if (!port.isMissingNode() && !pod.ports().contains(port.asText())) {
          add("probe-port", probe + " asks port " + port.asText() + ", the pod has " + pod.ports());
        }
      }
    }
  }

  private void image(JsonNode container) {
    JsonNode image = container.path("image");
    if (image.isMissingNode() && pod.flink()) {
      return;
    }
    if (!image
        .asText()
        .matches("[a-z0-9][-a-z0-9._/]*(:[0-9]+/[-a-z0-9._/]+)?:(?!latest$)[-A-Za-z0-9._]+")) {
      add("image", image.asText() + " (expected: a name and a tag that is not latest)");
    }
    String policy = container.path("imagePullPolicy").asText("IfNotPresent");
    if (!List.of("Always", "IfNotPresent", "Never").contains(policy)) {
      add("enum", "imagePullPolicy: " + policy);
    }
  }

  private void environment(JsonNode container) {
    for (JsonNode variable : container.path("env")) {
      if (variable.has("value") && !variable.path("value").isTextual()) {
        add(
            "env",
            variable.path("name").asText() + ": " + variable.path("value") + " (expected: text)");
      }
      secret(variable.at("/valueFrom/secretKeyRef/name"));
      named("ConfigMap", variable.at("/valueFrom/configMapKeyRef/name"), "config-map");
    }
    for (JsonNode source : container.path("envFrom")) {
      secret(source.at("/secretRef/name"));
      named("ConfigMap", source.at("/configMapRef/name"), "config-map");
    }
  }

  private void security(JsonNode container) {
    JsonNode context = container.path("securityContext");
    boolean dropsAll = false;
    for (JsonNode capability : context.at("/capabilities/drop")) {
      dropsAll |= capability.asText().equals("ALL");
    }
    if (!pod.spec().at("/securityContext/runAsNonRoot").asBoolean()
        || !context.path("readOnlyRootFilesystem").asBoolean()
        || context.path("allowPrivilegeEscalation").asBoolean(true)
        || !dropsAll
        || context.path("privileged").asBoolean()) {
      add(
          "security",
          container.path("name").asText()
              + " (expected: no root, a root file system that cannot be written, no escalation, no capability)");
    }
  }

  private void resources(JsonNode container) {
    if (pod.flink() && container.path("image").isMissingNode()) {
      return;
    }
    JsonNode resources = container.path("resources");
    String name = container.path("name").asText();
    for (String kind : List.of("requests", "limits")) {
      resources
          .path(kind)
          .properties()
          .forEach(
              field -> {
                if (quantity(field.getValue()).isEmpty()) {
                  add(
                      "quantity",
                      name + ": " + kind + "." + field.getKey() + ": " + field.getValue());
                }
              });
    }
    Optional<BigDecimal> request = quantity(resources.at("/requests/memory"));
    Optional<BigDecimal> limit = quantity(resources.at("/limits/memory"));
    if (request.isEmpty() || limit.isEmpty() || request.get().compareTo(limit.get()) > 0) {
      add("resources", name + " (expected: a memory request, and a memory limit at least as high)");
    }
    limit.ifPresent(bytes -> heap(container, bytes));
  }

  /** A JVM's heap leaves room for what is beside it, or the kernel kills the process. */
  private void heap(JsonNode container, BigDecimal limit) {
    for (JsonNode variable : container.path("env")) {
      Matcher fixed = HEAP.matcher(variable.path("value").asText());
      while (fixed.find()) {
        BigDecimal bytes =
            new BigDecimal(fixed.group(1))
                .multiply(UNITS.get(fixed.group(2).toUpperCase(Locale.ROOT) + "i"));
        heapBelow(container, fixed.group(), bytes, limit);
      }
      Matcher share = HEAP_SHARE.matcher(variable.path("value").asText());
      while (share.find()) {
        heapBelow(
            container,
            share.group(),
            limit.multiply(new BigDecimal(share.group(1))).movePointLeft(2),
            limit);
      }
    }
  }

  private void heapBelow(JsonNode container, String option, BigDecimal heap, BigDecimal limit) {
    if (heap.compareTo(limit.multiply(MOST_HEAP)) > 0) {
      add(
          "heap",
          "%s: %s (expected: at most %s of the limit, %s bytes)"
              .formatted(
                  container.path("name").asText(), option, MOST_HEAP, limit.toPlainString()));
    }
  }

  private static Optional<BigDecimal> quantity(JsonNode value) {
    Matcher matcher = QUANTITY.matcher(value.asText());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2);
    return Optional.of(
        new BigDecimal(matcher.group(1)).multiply(UNITS.getOrDefault(unit, BigDecimal.ONE)));
  }

  private void termination(JsonNode container) {
    JsonNode sleep = container.at("/lifecycle/preStop/sleep/seconds");
    // What is under way takes the service a few seconds to hand over.
    if (!sleep.isMissingNode()
        && pod.spec().path("terminationGracePeriodSeconds").asInt(30) < sleep.asInt() + 10) {
      add(
          "grace",
          "terminationGracePeriodSeconds (expected: ten seconds more than preStop sleeps)");
    }
  }

  private void add(String rule, String message) {
    findings.add(new Finding(rule, pod.owner(), message));
  }
}
