package io.waggle.jobs.record;

import com.google.protobuf.ByteString;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.RejectReason;
import org.apache.flink.util.OutputTag;

/** The side output of records that cannot be used. */
public final class DeadLetters {
  /** Every operator that refuses records sends them here. */
  public static final OutputTag<DeadLetter> TAG =
      new OutputTag<>("dead-letters", ProtoTypeInformation.forMessage(DeadLetter.class));

  /** Longest detail, characters. */
  private static final int DETAIL_LENGTH = 1000;

  private DeadLetters() {}

  /** The letter for a record as it was read. */
  public static DeadLetter of(
      SourceRecord record, RejectReason reason, String detail, long nowMillis) {
    return DeadLetter.newBuilder()
        .setTopic(record.topic())
        .setPartition(record.partition())
        .setOffset(record.offset())
        .setKey(ByteString.copyFrom(record.key()))
        .setValue(ByteString.copyFrom(record.value()))
        .setReason(reason)
        .setDetail(shortened(detail))
        .setRejectedMillis(nowMillis)
        .build();
  }

  /** A detail that fits. */
  public static String shortened(String detail) {
    return detail.length() <= DETAIL_LENGTH ? detail : detail.substring(0, DETAIL_LENGTH);
  }
}
