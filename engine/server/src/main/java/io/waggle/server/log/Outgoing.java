package io.waggle.server.log;

import com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/**
 * A record to write.
 *
 * @param eventTimeMillis becomes the record's timestamp, milliseconds since 1970 UTC
 * @param value null: the key is taken out of its compacted topic
 */
public record Outgoing(
    String topic, String key, long eventTimeMillis, @Nullable MessageLite value) {
  /** What it is charged against a buffer's bound, bytes. */
  long bytes() {
    return (value == null ? 0L : value.getSerializedSize()) + key.length() + 64;
  }
}
