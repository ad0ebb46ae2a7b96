package io.waggle.jobs.record;

/**
 * A record as it was read, before anything is known of it. Arrays are not copied: they belong to
 * the record.
 *
 * @param timestampMillis the record's event time, milliseconds since 1970 UTC; negative where it
 *     has none
 * @param key empty where it has none
 * @param value empty for a tombstone
 */
public record SourceRecord(
    String topic, int partition, long offset, long timestampMillis, byte[] key, byte[] value) {

  /** Where the record stands, as {@code topic-partition-offset}: unique and stable over replays. */
  public String position() {
    return topic + "-" + partition + "-" + offset;
  }
}
