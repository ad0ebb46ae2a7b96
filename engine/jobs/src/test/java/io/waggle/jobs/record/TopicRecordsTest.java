package io.waggle.jobs.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Session;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TopicRecordsTest {
  private static final Session SESSION =
      Session.newBuilder().setUserId("u").setVersion(3).setLastMillis(99).build();
  private static final KafkaSinkContext CONTEXT =
      new KafkaSinkContext() {
        @Override
        public int getParallelInstanceId() {
          return 0;
        }

        @Override
        public int getNumberOfParallelInstances() {
          return 1;
        }

        @Override
        public int[] getPartitionsForTopic(String topic) {
          return new int[] {0, 1, 2};
        }
      };

  private final TopicRecords<Session> records =
      TopicRecords.of("sessions", Session::getUserId, Session::getLastMillis)
          .tombstoneWhen(session -> session.getVersion() == 0);

  @Test
  void messageIsWrittenUnderItsKeyAtItsTime() {
    ProducerRecord<byte[], byte[]> record = records.serialize(SESSION, CONTEXT, null);

    assertThat(record.topic()).isEqualTo("sessions");
    assertThat(new String(record.key(), UTF_8)).isEqualTo("u");
    assertThat(record.timestamp()).isEqualTo(99);
    assertThat(record.value()).isEqualTo(SESSION.toByteArray());
    assertThat(record.partition()).isNull();
  }

  @Test
  void messageThatSaysItsKeyIsGoneIsATombstone() {
    ProducerRecord<byte[], byte[]> record =
        records.serialize(SESSION.toBuilder().clearVersion().build(), CONTEXT, null);

    assertThat(new String(record.key(), UTF_8)).isEqualTo("u");
    assertThat(record.value()).isNull();
  }

  @Test
  void messagesKeptTogetherShareAPartitionWhateverTheirKeys() {
    TopicRecords<Session> together = records.together(session -> "one");

    @Nullable Integer first = together.serialize(SESSION, CONTEXT, null).partition();
    @Nullable Integer second =
        together.serialize(SESSION.toBuilder().setUserId("v").build(), CONTEXT, null).partition();

    assertThat(first).isNotNull().isEqualTo(second);
  }

  @Test
  void keepingTogetherDoesNotForgetTheTombstones() {
    Session gone = SESSION.toBuilder().clearVersion().build();

    assertThat(records.together(session -> "one").serialize(gone, CONTEXT, null).value()).isNull();
  }
}
