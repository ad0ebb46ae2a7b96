package io.waggle.server.view;

/** Tells topics of the same name apart: one that was deleted and made again is another one. */
@FunctionalInterface
public interface TopicIdentities {
  /**
   * The topic's id.
   *
   * @throws org.apache.kafka.common.KafkaException when Kafka is away or has no such topic
   */
  String of(String topic);
}
