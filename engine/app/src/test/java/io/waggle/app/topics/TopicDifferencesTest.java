package io.waggle.app.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.topic.TopicPlan;
import io.waggle.state.topic.TopicSettings;
import io.waggle.state.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicDifferencesTest {
  private static final List<TopicPlan> PLANS =
      TopicPlan.all(new TopicSettings(16, 3, 2, Duration.ofDays(7), TopicSettings.Disk.LARGE));

  @Test
  void topicsAsPlannedDoNotDiffer() {
    assertThat(TopicDifferences.of(PLANS, asPlanned())).isEmpty();
  }

  @Test
  void aTopicThatIsNotThereIsNamed() {
    Map<String, FoundTopic> found = asPlanned();
    found.remove(Topics.ITEMS);

    assertThat(TopicDifferences.of(PLANS, found))
        .extracting(Object::toString)
        .containsExactly("items: topic: absent (expected: there)");
  }

  @Test
  void otherPartitionsAndFewerReplicasAreNamed() {
    Map<String, FoundTopic> found = asPlanned();
    found.computeIfPresent(
        Topics.CONTROL, (name, before) -> new FoundTopic(2, 1, before.configs()));

    assertThat(TopicDifferences.of(PLANS, found))
        .extracting(Object::toString)
        .containsExactly(
            "control: partitions: 2 (expected: 1)", "control: replicas: 1 (expected: at least 3)");
  }

  @ParameterizedTest
  @CsvSource({
    "sessions, cleanup.policy, delete, compact",
    "decisions, cleanup.policy, compact, delete",
    "decisions, retention.ms, 3600000, at least 604800000",
    "models, max.message.bytes, 1048588, at least 8388608",
    "rewards, min.insync.replicas, 1, at least 2"
  })
  void aSettingThatLosesRecordsIsNamed(
      String topic, String setting, String value, String expected) {
    Map<String, FoundTopic> found = asPlanned();
    change(found, topic, setting, value);

    assertThat(TopicDifferences.of(PLANS, found))
        .extracting(Object::toString)
        .containsExactly("%s: %s: %s (expected: %s)".formatted(topic, setting, value, expected));
  }

  @ParameterizedTest
  @CsvSource({
    "decisions, retention.ms, -1",
    "decisions, retention.ms, 999999999999",
    "models, max.message.bytes, 16777216",
    "rewards, min.insync.replicas, 3",
    "models, segment.bytes, 1073741824"
  })
  void moreThanPlannedAndOtherSegmentsAreFine(String topic, String setting, String value) {
    Map<String, FoundTopic> found = asPlanned();
    change(found, topic, setting, value);

    assertThat(TopicDifferences.of(PLANS, found)).isEmpty();
  }

  private static Map<String, FoundTopic> asPlanned() {
    Map<String, FoundTopic> found = new HashMap<>();
    for (TopicPlan plan : PLANS) {
      found.put(plan.name(), new FoundTopic(plan.partitions(), plan.replicas(), plan.configs()));
    }
    return found;
  }

  private static void change(
      Map<String, FoundTopic> found, String topic, String setting, String value) {
    found.computeIfPresent(
        topic,
        (name, before) -> {
          Map<String, String> configs = new HashMap<>(before.configs());
          configs.put(setting, value);
          return new FoundTopic(before.partitions(), before.replicas(), configs);
        });
  }
}
