package io.waggle.jobs.record;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads every record as it stands; decoding, which can fail, happens one step later where it has a
 * side output.
 */
final class SourceRecordSchema implements KafkaRecordDeserializationSchema<SourceRecord> {
  private static final long serialVersionUID = 1L;
  private static final byte[] NOTHING = {};

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
    out.collect(
        new SourceRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            orNothing(record.key()),
            orNothing(record.value())));
  }

  private static byte[] orNothing(byte @Nullable [] bytes) {
    return bytes == null ? NOTHING : bytes;
  }

  @Override
  public TypeInformation<SourceRecord> getProducedType() {
    return Types.POJO(SourceRecord.class);
  }
}
