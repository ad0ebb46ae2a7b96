package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.app.topics.TopicsCommand;
import io.waggle.deploy.Pods.Pod;
import io.waggle.state.topic.TopicPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;

/** The KafkaTopics of a rendering are those that its init containers wait for. */
final class TopicRules {
  private final Manifests manifests;
  private final List<Pod> pods;
  private final List<Finding> findings;

  TopicRules(Manifests manifests, List<Pod> pods, List<Finding> findings) {
    this.manifests = manifests;
    this.pods = pods;
    this.findings = findings;
  }

  void check() {
    Optional<List<TopicPlan>> plans = waitedFor();
    if (plans.isEmpty() || manifests.ofKind("KafkaTopic").findAny().isEmpty()) {
      return;
    }
    Map<String, JsonNode> topics =
        manifests
            .ofKind("KafkaTopic")
            .collect(Collectors.toMap(Manifests::name, topic -> topic, (one, other) -> one));
    for (TopicPlan plan : plans.get()) {
      JsonNode topic = topics.remove(plan.name());
      if (topic == null) {
        findings.add(new Finding("topics", "KafkaTopic " + plan.name(), "absent"));
        continue;
      }
      compare(plan, topic);
    }
    topics
        .keySet()
        .forEach(
            name ->
                findings.add(
                    new Finding("topics", "KafkaTopic " + name, "nobody reads or writes it")));
  }

  private void compare(TopicPlan plan, JsonNode topic) {
    String found = topic.at("/spec/partitions") + " x " + topic.at("/spec/replicas");
    String planned = plan.partitions() + " x " + plan.replicas();
    Map<String, String> config = new TreeMap<>();
    topic
        .at("/spec/config")
        .properties()
        .forEach(field -> config.put(field.getKey(), field.getValue().asText()));
    if (!found.equals(planned) || !config.equals(new TreeMap<>(plan.configs()))) {
      findings.add(
          new Finding(
              "topics",
              Manifests.label(topic),
              "%s %s (expected: %s %s)".formatted(found, config, planned, plan.configs())));
    }
  }

  /** The topics as the arguments of the first container that checks them say. */
  private Optional<List<TopicPlan>> waitedFor() {
    Optional<JsonNode> checking =
        pods.stream()
            .flatMap(pod -> pod.containers().stream())
            .filter(container -> container.path("name").asText().equals("check-topics"))
            .findFirst();
    if (checking.isEmpty()) {
      return Optional.empty();
    }
    List<String> options =
        StreamSupport.stream(checking.get().path("args").spliterator(), false)
            .map(JsonNode::asText)
            .skip(2)
            .toList();
    try {
      return Optional.of(TopicsCommand.plans(options));
    } catch (CommandLine.ParameterException | IllegalArgumentException e) {
      findings.add(new Finding("topics", "container check-topics", String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }
}
