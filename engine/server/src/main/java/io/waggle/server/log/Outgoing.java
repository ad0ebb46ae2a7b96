package io.waggle.server.log;

import com.google.protobuf.MessageLite;

/**
 * A record to write.
 *
 * @param eventTimeMillis becomes the record's timestamp, milliseconds since 1970 UTC
 */
public record Outgoing(String topic, String key, long eventTimeMillis, MessageLite value) {
  /** What it is charged against a buffer's bound, bytes. */
  long bytes() {
    return (long) value.getSerializedSize() + key.length() + 64;
  }
}
