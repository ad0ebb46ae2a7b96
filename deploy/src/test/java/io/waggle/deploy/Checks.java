package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.deploy.Pods.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Every check of rendered manifests that needs no cluster. */
final class Checks {
  /**
   * Schemas of the kinds of others. The FlinkDeployment's is the operator's own definition; the
   * rest say no more than the chart uses.
   */
  private static final Map<String, StructuralSchema> DEFINITIONS =
      Map.of(
          "flink.apache.org/v1beta1 FlinkDeployment",
          StructuralSchema.ofDefinition(resource("definitions/flinkdeployments.yml")),
          "kafka.strimzi.io/v1 KafkaTopic",
          new StructuralSchema(resource("definitions/kafkatopic.yaml")),
          "kafka.strimzi.io/v1beta2 KafkaTopic",
          new StructuralSchema(resource("definitions/kafkatopic.yaml")),
          "monitoring.coreos.com/v1 ServiceMonitor",
          new StructuralSchema(resource("definitions/servicemonitor.yaml")),
          "monitoring.coreos.com/v1 PodMonitor",
          new StructuralSchema(resource("definitions/podmonitor.yaml")),
          "monitoring.coreos.com/v1 PrometheusRule",
          new StructuralSchema(resource("definitions/prometheusrule.yaml")));

  private Checks() {}

  /** What is wrong; empty: nothing that these checks see. */
  static List<Finding> of(Manifests manifests) {
    List<Finding> findings = new ArrayList<>();
    for (JsonNode object : manifests.all()) {
      StructuralSchema definition = DEFINITIONS.get(KindModels.id(object));
      if (definition != null) {
        definition.check(object, findings);
      } else if (KindModels.knows(object)) {
        KindModels.check(object, findings);
      } else {
        findings.add(new Finding("unknown-kind", Manifests.label(object), KindModels.id(object)));
      }
    }
    List<Pod> pods = Pods.of(manifests);
    pods.forEach(pod -> new PodRules(manifests, pod, findings).check());
    pods.forEach(pod -> new ProbeRules(pod, findings).check());
    new StorageRules(manifests, pods, findings).check();
    new ObjectRules(manifests, pods, findings).check();
    manifests
        .ofKind("FlinkDeployment")
        .forEach(deployment -> new FlinkRules(deployment, findings).check());
    new ProcessRules(manifests, pods, findings).check();
    new SideBySideRules(manifests, findings).check();
    new TopicRules(manifests, pods, findings).check();
    new MonitoringRules(manifests, findings).check();
    return findings;
  }

  static JsonNode resource(String name) {
    try (InputStream bytes = Checks.class.getResourceAsStream("/" + name)) {
      if (bytes == null) {
        throw new IllegalArgumentException(name + ": no such resource");
      }
      return Manifests.parseOne(new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }
}
