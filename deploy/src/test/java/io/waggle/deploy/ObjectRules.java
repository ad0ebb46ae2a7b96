package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.deploy.Pods.Pod;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What has to hold between objects: selectors, ports, targets, rights. */
final class ObjectRules {
  /** What Flink's job manager does with ConfigMaps and pods. */
  private static final Set<String> FLINK_VERBS =
      Set.of("get", "list", "watch", "create", "update", "patch", "delete");

  private final Manifests manifests;
  private final List<Pod> pods;
  private final List<Finding> findings;

  ObjectRules(Manifests manifests, List<Pod> pods, List<Finding> findings) {
    this.manifests = manifests;
    this.pods = pods;
    this.findings = findings;
  }

  void check() {
    names();
    manifests.ofKind("Service").forEach(this::service);
    manifests.ofKind("StatefulSet").forEach(this::statefulSet);
    manifests.ofKind("PodDisruptionBudget").forEach(this::disruptionBudget);
    manifests.ofKind("HorizontalPodAutoscaler").forEach(this::autoscaler);
    manifests.ofKind("NetworkPolicy").forEach(this::networkPolicy);
    manifests.ofKind("ServiceMonitor").forEach(this::serviceMonitor);
    manifests.ofKind("PodMonitor").forEach(this::podMonitor);
    manifests.ofKind("RoleBinding").forEach(this::roleBinding);
    manifests.ofKind("FlinkDeployment").forEach(this::flinkRights);
  }

  private void names() {
    Set<String> seen = new HashSet<>();
    for (JsonNode object : manifests.all()) {
      String name = Manifests.name(object);
      if (!name.matches("[a-z0-9]([-a-z0-9.]*[a-z0-9])?") || name.length() > 63) {
        add("name", object, "(expected: small letters, digits and dashes, 63 at most)");
      }
      if (!seen.add(object.at("/metadata/namespace").asText() + " " + Manifests.label(object))) {
        add("duplicate", object, "is there twice");
      }
    }
  }

  private List<Pod> selected(JsonNode selector) {
    return pods.stream().filter(pod -> pod.matches(selector)).toList();
  }

  private void service(JsonNode service) {
    List<Pod> selected = selected(service.at("/spec/selector"));
    if (selected.isEmpty()) {
      add("selector", service, "selects no pod");
    }
    for (JsonNode port : service.at("/spec/ports")) {
      number(service, port.path("port"));
      // The headless one is for clients that balance themselves.
      if (port.path("name").asText().equals("grpc")
          && !service.at("/spec/clusterIP").asText().equals("None")
          && !port.path("appProtocol").asText().equals("kubernetes.io/h2c")) {
        add(
            "h2c",
            service,
            "appProtocol (expected: kubernetes.io/h2c, or an ingress speaks HTTP/1)");
      }
      String target = port.path("targetPort").asText(port.path("port").asText());
      if (selected.stream().noneMatch(pod -> pod.ports().contains(target))) {
        add("service-port", service, "targetPort " + target + " is no port of the pods");
      }
    }
  }

  private void number(JsonNode object, JsonNode port) {
    if (port.isNumber() && (port.asInt() < 1 || port.asInt() > 65_535)) {
      add("port-range", object, port + " (expected: 1 to 65535)");
    }
  }

  private void statefulSet(JsonNode set) {
    JsonNode labels = set.at("/spec/template/metadata/labels");
    if (!Selectors.matches(set.at("/spec/selector"), labels)) {
      add("selector", set, "does not select its own pods");
    }
    boolean headless =
        manifests
            .find("Service", set.at("/spec/serviceName").asText())
            .filter(service -> service.at("/spec/clusterIP").asText().equals("None"))
            .isPresent();
    if (!headless) {
      add("headless", set, "serviceName names no service without a cluster IP");
    }
    boolean scaled =
        manifests
            .ofKind("HorizontalPodAutoscaler")
            .anyMatch(
                scaler ->
                    scaler.at("/spec/scaleTargetRef/name").asText().equals(Manifests.name(set)));
    if (scaled == set.path("spec").has("replicas")) {
      add("replicas", set, "(expected: set exactly where no autoscaler sets them)");
    }
  }

  private void disruptionBudget(JsonNode budget) {
    if (selected(budget.at("/spec/selector")).isEmpty()) {
      add("selector", budget, "selects no pod");
    }
    if (budget.path("spec").has("minAvailable") == budget.path("spec").has("maxUnavailable")) {
      add("disruption", budget, "(expected: one of minAvailable and maxUnavailable)");
    }
    manifests
        .ofKind("StatefulSet")
        .filter(
            set ->
                Selectors.matches(
                    budget.at("/spec/selector"), set.at("/spec/template/metadata/labels")))
        .forEach(set -> drains(budget, set));
  }

  /** A budget that spares nobody keeps a node from being drained for ever. */
  private void drains(JsonNode budget, JsonNode set) {
    int least =
        manifests
            .ofKind("HorizontalPodAutoscaler")
            .filter(
                scaler ->
                    scaler.at("/spec/scaleTargetRef/name").asText().equals(Manifests.name(set)))
            .mapToInt(scaler -> scaler.at("/spec/minReplicas").asInt(1))
            .findFirst()
            .orElse(set.at("/spec/replicas").asInt(1));
    JsonNode spared = budget.at("/spec/maxUnavailable");
    JsonNode kept = budget.at("/spec/minAvailable");
    if (List.of("0", "0%").contains(spared.asText())
        || kept.asText().equals("100%")
        || (kept.isNumber() && kept.asInt() >= least)) {
      add(
          "disruption",
          budget,
          "spares nobody of %d pods: no node with one is drained".formatted(least));
    }
  }

  private void autoscaler(JsonNode scaler) {
    JsonNode target = scaler.at("/spec/scaleTargetRef");
    boolean there =
        manifests
            .find(target.path("kind").asText(), target.path("name").asText())
            .filter(object -> object.path("apiVersion").equals(target.path("apiVersion")))
            .isPresent();
    if (!there) {
      add("scale-target", scaler, target + " is not there");
    }
    int least = scaler.at("/spec/minReplicas").asInt(1);
    int most = scaler.at("/spec/maxReplicas").asInt();
    if (least > most || least < 1) {
      add("scale-bounds", scaler, "minReplicas %d, maxReplicas %d".formatted(least, most));
    }
    for (JsonNode metric : scaler.at("/spec/metrics")) {
      String resource = metric.at("/resource/name").asText();
      boolean asked =
          pods.stream()
              .filter(pod -> pod.owner().endsWith(" " + target.path("name").asText()))
              .flatMap(pod -> pod.containers().stream())
              .allMatch(container -> container.at("/resources/requests").has(resource));
      if (!asked) {
        add("scale-metric", scaler, "its pods request no " + resource);
      }
    }
  }

  private void networkPolicy(JsonNode policy) {
    List<Pod> selected = selected(policy.at("/spec/podSelector"));
    if (selected.isEmpty()) {
      add("selector", policy, "selects no pod");
    }
    for (JsonNode rule : policy.at("/spec/ingress")) {
      for (JsonNode port : rule.path("ports")) {
        number(policy, port.path("port"));
        if (selected.stream().noneMatch(pod -> pod.ports().contains(port.path("port").asText()))) {
          add("policy-port", policy, port.path("port") + " is no port of the pods");
        }
      }
    }
    Set<Integer> open = new TreeSet<>();
    for (JsonNode rule : policy.at("/spec/egress")) {
      for (JsonNode port : rule.path("ports")) {
        number(policy, port.path("port"));
        open.add(port.path("port").asInt());
      }
    }
    if (!open.containsAll(kafkaPorts()) || !open.contains(53)) {
      add(
          "policy-egress",
          policy,
          "open: %s (expected: 53 and Kafka's %s)".formatted(open, kafkaPorts()));
    }
  }

  private Set<Integer> kafkaPorts() {
    Set<Integer> ports = new TreeSet<>();
    manifests
        .ofKind("ConfigMap")
        .map(map -> map.at("/data/ranking-service.yaml"))
        .filter(text -> !text.isMissingNode())
        .map(text -> Manifests.parseOne(text.asText()).path("bootstrapServers").asText())
        .flatMap(servers -> List.of(servers.split(",")).stream())
        .forEach(
            server -> ports.add(Integer.valueOf(server.substring(server.lastIndexOf(':') + 1))));
    return ports;
  }

  private void serviceMonitor(JsonNode monitor) {
    List<? extends JsonNode> services =
        manifests
            .ofKind("Service")
            .filter(
                service ->
                    Selectors.matches(monitor.at("/spec/selector"), service.at("/metadata/labels")))
            .toList();
    if (services.size() != 1) {
      add(
          "selector",
          monitor,
          "selects %d services (expected: 1, or pods are counted twice)"
              .formatted(services.size()));
    }
    for (JsonNode endpoint : monitor.at("/spec/endpoints")) {
      boolean there = false;
      for (JsonNode service : services) {
        for (JsonNode port : service.at("/spec/ports")) {
          there |= port.path("name").equals(endpoint.path("port"));
        }
      }
      if (!there) {
        add("monitor-port", monitor, endpoint.path("port") + " is no port of the service");
      }
    }
  }

  private void podMonitor(JsonNode monitor) {
    List<Pod> selected = selected(monitor.at("/spec/selector"));
    if (selected.isEmpty()) {
      add("selector", monitor, "selects no pod");
    }
    for (JsonNode endpoint : monitor.at("/spec/podMetricsEndpoints")) {
      String port = endpoint.path("port").asText();
      if (selected.stream().anyMatch(pod -> !pod.ports().contains(port))) {
        add("monitor-port", monitor, port + " is no port of one of the pods");
      }
    }
  }

  private void roleBinding(JsonNode binding) {
    if (manifests.find("Role", binding.at("/roleRef/name").asText()).isEmpty()) {
      add("rights", binding, "role " + binding.at("/roleRef/name") + " is not there");
    }
    for (JsonNode subject : binding.path("subjects")) {
      if (manifests.find("ServiceAccount", subject.path("name").asText()).isEmpty()) {
        add("service-account", binding, subject.path("name") + " is not there");
      }
      if (!subject.path("namespace").asText().equals(Helm.NAMESPACE)) {
        add("rights", binding, subject.path("namespace") + " (expected: the release's namespace)");
      }
    }
  }

  /** High availability on Kubernetes needs ConfigMaps, task managers need pods to be made. */
  private void flinkRights(JsonNode deployment) {
    String account = deployment.at("/spec/serviceAccount").asText();
    if (manifests.find("ServiceAccount", account).isEmpty()) {
      add("service-account", deployment, account + " is not there");
    }
    for (String resource : List.of("configmaps", "pods")) {
      Set<String> verbs = new TreeSet<>();
      manifests
          .ofKind("RoleBinding")
          .filter(binding -> binds(binding, account))
          .flatMap(binding -> manifests.find("Role", binding.at("/roleRef/name").asText()).stream())
          .forEach(role -> verbs.addAll(verbs(role, resource)));
      if (!verbs.containsAll(FLINK_VERBS)) {
        add("rights", deployment, "%s may only %s %s".formatted(account, verbs, resource));
      }
    }
  }

  private static boolean binds(JsonNode binding, String account) {
    for (JsonNode subject : binding.path("subjects")) {
      if (subject.path("name").asText().equals(account)) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> verbs(JsonNode role, String resource) {
    Set<String> verbs = new TreeSet<>();
    for (JsonNode rule : role.path("rules")) {
      for (JsonNode named : rule.path("resources")) {
        if (named.asText().equals(resource)) {
          rule.path("verbs").forEach(verb -> verbs.add(verb.asText()));
        }
      }
    }
    return verbs;
  }

  private void add(String rule, JsonNode object, String message) {
    findings.add(new Finding(rule, Manifests.label(object), message));
  }
}
