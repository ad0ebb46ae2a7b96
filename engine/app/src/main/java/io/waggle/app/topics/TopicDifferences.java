package io.waggle.app.topics;

import static io.waggle.state.topic.TopicPlan.CLEANUP_POLICY;
import static io.waggle.state.topic.TopicPlan.MAX_MESSAGE_BYTES;
import static io.waggle.state.topic.TopicPlan.MIN_IN_SYNC_REPLICAS;
import static io.waggle.state.topic.TopicPlan.RETENTION_MILLIS;

import io.waggle.state.topic.TopicPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where topics are not as planned, and it matters. More replicas, more retention and larger records
 * than planned are fine; how segments are cut is the operators' own affair. Pure.
 */
final class TopicDifferences {
  /** Settings of which more than planned is as good. */
  private static final List<String> AT_LEAST =
      List.of(MAX_MESSAGE_BYTES, MIN_IN_SYNC_REPLICAS, RETENTION_MILLIS);

  private TopicDifferences() {}

  /**
   * One of them.
   *
   * @param topic the topic's name
   * @param setting what differs: {@code topic} itself, {@code partitions}, {@code replicas} or one
   *     of Kafka's settings
   * @param found what the broker has
   * @param expected the rule it breaks
   */
  record Difference(String topic, String setting, String found, String expected) {
    @Override
    public String toString() {
      return "%s: %s: %s (expected: %s)".formatted(topic, setting, found, expected);
    }
  }

  /** What differs, in the order of the plans. */
  static List<Difference> of(List<TopicPlan> plans, Map<String, FoundTopic> found) {
    List<Difference> differences = new ArrayList<>();
    for (TopicPlan plan : plans) {
      compare(plan, found.get(plan.name()), differences);
    }
    return differences;
  }

  private static void compare(
      TopicPlan plan, @Nullable FoundTopic found, List<Difference> differences) {
    if (found == null) {
      differences.add(new Difference(plan.name(), "topic", "absent", "there"));
      return;
    }
    if (found.partitions() != plan.partitions()) {
      differences.add(
          new Difference(
              plan.name(),
              "partitions",
              Integer.toString(found.partitions()),
              Integer.toString(plan.partitions())));
    }
    if (found.replicas() < plan.replicas()) {
      differences.add(
          new Difference(
              plan.name(),
              "replicas",
              Integer.toString(found.replicas()),
              "at least " + plan.replicas()));
    }
    String cleanup = found.config(CLEANUP_POLICY);
    if (!cleanup.equals(plan.configs().get(CLEANUP_POLICY))) {
      differences.add(
          new Difference(
              plan.name(),
              CLEANUP_POLICY,
              cleanup,
              String.valueOf(plan.configs().get(CLEANUP_POLICY))));
    }
    for (String setting : AT_LEAST) {
      String planned = plan.configs().get(setting);
      if (planned != null && amount(found.config(setting)) < amount(planned)) {
        differences.add(
            new Difference(plan.name(), setting, found.config(setting), "at least " + planned));
      }
    }
  }

  /** A setting as a number; -1 stands for no bound. */
  private static long amount(String value) {
    long amount = Long.parseLong(value);
    return amount == -1 ? Long.MAX_VALUE : amount;
  }
}
