package io.waggle.benchmarks.interactions;

import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.record.EventTime;
import io.waggle.jobs.record.LoopSource;
import io.waggle.jobs.record.SourceRecord;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/** Hands records from one topic to another: Kafka, Flink, Kafka, and nothing of ours. */
final class FloorJob {
  static final String IN = "floor-in";
  static final String OUT = "floor-out";

  private FloorJob() {}

  static void define(StreamExecutionEnvironment environment, JobSettings settings) {
    environment.setParallelism(settings.parallelism());
    environment
        .fromSource(
            LoopSource.of(settings.kafka(), IN, "floor"),
            EventTime.strategy(settings.disorder(), settings.silence()),
            "read")
        .uid("floor-read")
        .sinkTo(
            KafkaSink.<SourceRecord>builder()
                .setBootstrapServers(settings.bootstrapServers())
                .setRecordSerializer(new AsTheyStand())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setProperty("linger.ms", "0")
                .setProperty("acks", "all")
                .build())
        .name("write")
        .uid("floor-write");
  }

  private static final class AsTheyStand implements KafkaRecordSerializationSchema<SourceRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        SourceRecord record, KafkaSinkContext context, @Nullable Long timestamp) {
      return new ProducerRecord<>(OUT, record.key(), record.value());
    }
  }
}
