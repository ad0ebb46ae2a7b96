package io.waggle.jobs.record;

import io.waggle.core.config.KafkaConnection;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;

/** A topic as a source of raw records, from its beginning or from where the checkpoint stood. */
public final class LoopSource {
  private LoopSource() {}

  /** The source; {@code group} names it in Kafka's own lag figures. */
  public static KafkaSource<SourceRecord> of(KafkaConnection kafka, String topic, String group) {
    return KafkaSource.<SourceRecord>builder()
        .setProperties(kafka.properties())
        .setTopics(topic)
        .setGroupId(group)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new SourceRecordSchema())
        .setProperty("fetch.min.bytes", "1")
        .setProperty("client.id.prefix", group)
        // Partitions added later are found within a minute.
        .setProperty("partition.discovery.interval.ms", "60000")
        .build();
  }
}
