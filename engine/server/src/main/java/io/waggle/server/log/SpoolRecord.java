package io.waggle.server.log;

/**
 * A decision as bytes. The arrays are not copied: nobody changes them.
 *
 * @param eventTimeMillis becomes the record's timestamp, milliseconds since 1970 UTC
 * @param key the decision id, UTF-8
 * @param value the message
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copies would cost
record SpoolRecord(long eventTimeMillis, byte[] key, byte[] value) {
  /** What it takes in a file. */
  long fileBytes() {
    return SpoolSegment.fileBytes(key.length, value.length);
  }
}
