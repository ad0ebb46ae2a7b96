package io.waggle.core.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes fields as VW does and keeps VW's checksum of them: Murmur hash of each write, seeded with
 * that of the one before. One thread.
 */
final class ModelWriter {
  private final ByteBuffer out;
  private int checksum;
  private boolean summing;

  ModelWriter(int size) {
    this.out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  void put(byte value) {
    int start = out.position();
    out.put(value);
    sum(start);
  }

  void put(int value) {
    int start = out.position();
    out.putInt(value);
    sum(start);
  }

  void put(float value) {
    put(Float.floatToRawIntBits(value));
  }

  void put(long value) {
    int start = out.position();
    out.putLong(value);
    sum(start);
  }

  void put(double value) {
    put(Double.doubleToRawLongBits(value));
  }

  /** A text with its length in front and 0 at its end. */
  void put(String text) {
    byte[] ascii = (text + '\0').getBytes(StandardCharsets.US_ASCII);
    put(ascii.length);
    int start = out.position();
    out.put(ascii);
    sum(start);
  }

  /** What is written from now on is in the checksum. */
  void startChecksum() {
    checksum = 0;
    summing = true;
  }

  /** The checksum of what was written since the start; what follows is not in it. */
  int endChecksum() {
    summing = false;
    return checksum;
  }

  byte[] bytes() {
    return out.array();
  }

  private void sum(int start) {
    if (summing) {
      checksum = Murmur.hash(out.array(), start, out.position(), checksum);
    }
  }
}
