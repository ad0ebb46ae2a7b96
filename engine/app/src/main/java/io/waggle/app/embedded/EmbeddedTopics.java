package io.waggle.app.embedded;

import io.waggle.app.topics.BrokerTopics;
import io.waggle.core.config.KafkaConnection;
import io.waggle.state.topic.TopicPlan;
import io.waggle.state.topic.TopicSettings;

/** The topics of the loop on an embedded broker: creates those that are missing. */
public final class EmbeddedTopics {
  /** Partitions of the topics that are keyed by user or decision. */
  public static final int PARTITIONS = TopicSettings.embedded().partitions();

  private EmbeddedTopics() {}

  /**
   * Creates every topic of the loop that the broker does not have yet.
   *
   * @throws IllegalStateException when the broker does not answer within 30 seconds or refuses
   */
  public static void create(String bootstrapServers) {
    create(bootstrapServers, TopicSettings.embedded());
  }

  /** The same for records of any age: what is imported may be years old and is still wanted. */
  static void createForOldTimes(String bootstrapServers) {
    create(bootstrapServers, TopicSettings.embedded().forEver());
  }

  /**
   * The same, each with one partition: of several the one whose newest record is the oldest would
   * hold event time back at the end of what is read, where no record comes any more.
   */
  static void createForOneReader(String bootstrapServers) {
    create(bootstrapServers, TopicSettings.embedded().forEver().withPartitions(1));
  }

  private static void create(String bootstrapServers, TopicSettings settings) {
    try (BrokerTopics topics = new BrokerTopics(KafkaConnection.plain(bootstrapServers))) {
      topics.create(TopicPlan.all(settings));
    }
  }
}
