package io.waggle.core.codec;

import java.nio.ByteBuffer;

/** Whole numbers from 0, 7 bits a byte, the lowest first; the highest bit says that more follow. */
final class Varint {
  /** Bytes of the largest. */
  static final int MOST_BYTES = 5;

  private Varint() {}

  static void write(int value, ByteBuffer out) {
    int rest = value;
    while (rest > 0x7f) {
      out.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }
}
