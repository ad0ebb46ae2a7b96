package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The pods that a rendering stands for. */
final class Pods {
  /** Ports of Flink's own container, by the names and numbers that Flink gives them. */
  private static final Set<String> FLINK_PORTS =
      Set.of(
          "rest",
          "8081",
          "jobmanager-rpc",
          "6123",
          "blobserver",
          "6124",
          "taskmanager-rpc",
          "6122");

  private Pods() {}

  /**
   * One kind of pod.
   *
   * @param owner kind and name of the object that makes it
   * @param labels its labels
   * @param spec its pod spec
   * @param claims names of volumes that come from claim templates
   * @param flink true: Flink adds to it
   */
  record Pod(String owner, JsonNode labels, JsonNode spec, Set<String> claims, boolean flink) {
    List<JsonNode> containers() {
      List<JsonNode> containers = new ArrayList<>();
      spec.path("initContainers").forEach(containers::add);
      spec.path("containers").forEach(containers::add);
      return containers;
    }

    /** Names and numbers of the ports of its containers. */
    Set<String> ports() {
      Set<String> ports = new TreeSet<>(flink ? FLINK_PORTS : Set.of());
      for (JsonNode container : containers()) {
        for (JsonNode port : container.path("ports")) {
          ports.add(port.path("name").asText());
          ports.add(port.path("containerPort").asText());
        }
      }
      return ports;
    }

    boolean matches(JsonNode selector) {
      return Selectors.matches(selector, labels);
    }
  }

  static List<Pod> of(Manifests manifests) {
    List<Pod> pods = new ArrayList<>();
    for (JsonNode object : manifests.all()) {
      String owner = Manifests.label(object);
      switch (object.path("kind").asText()) {
        case "Pod" ->
            pods.add(
                new Pod(
                    owner, object.at("/metadata/labels"), object.path("spec"), Set.of(), false));
        case "StatefulSet" -> {
          Set<String> claims = new TreeSet<>();
          object
              .at("/spec/volumeClaimTemplates")
              .forEach(claim -> claims.add(Manifests.name(claim)));
          pods.add(pod(owner, object.at("/spec/template"), claims, false));
        }
        case "FlinkDeployment" -> {
          pods.add(pod(owner, object.at("/spec/jobManager/podTemplate"), Set.of(), true));
          pods.add(pod(owner, object.at("/spec/taskManager/podTemplate"), Set.of(), true));
        }
        default -> {
          // makes no pod
        }
      }
    }
    return pods;
  }

  private static Pod pod(String owner, JsonNode template, Set<String> claims, boolean flink) {
    return new Pod(owner, template.at("/metadata/labels"), template.path("spec"), claims, flink);
  }
}
