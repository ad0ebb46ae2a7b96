package io.waggle.core.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Takes fields from a model's bytes, each with its name, so that a broken one is refused by name.
 * Allocates nothing larger than the bytes. One thread.
 */
final class ModelReader {
  private final ByteBuffer in;
  private int fieldStart;

  ModelReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  int remaining() {
    return in.remaining();
  }

  /** A broken rule of the field taken last. */
  ModelFormatException broken(String field, Object found, String expected) {
    return new ModelFormatException(field, fieldStart, found, expected);
  }

  int unsignedByte(String field) {
    return need(field, Byte.BYTES).get() & 0xff;
  }

  int word(String field) {
    return need(field, Integer.BYTES).getInt();
  }

  float real(String field) {
    return need(field, Float.BYTES).getFloat();
  }

  float finiteFloat(String field) {
    float value = real(field);
    if (!Float.isFinite(value)) {
      throw broken(field, value, "finite");
    }
    return value;
  }

  double finiteDouble(String field) {
    double value = need(field, Double.BYTES).getDouble();
    if (!Double.isFinite(value)) {
      throw broken(field, value, "finite");
    }
    return value;
  }

  long count(String field) {
    long value = need(field, Long.BYTES).getLong();
    if (value < 0) {
      throw broken(field, Long.toUnsignedString(value), "at most " + Long.MAX_VALUE);
    }
    return value;
  }

  boolean flag(String field) {
    int value = unsignedByte(field);
    if (value > 1) {
      throw broken(field, value, "0 or 1");
    }
    return value == 1;
  }

  void exactly(String field, int expected) {
    int value = word(field);
    if (value != expected) {
      throw broken(field, Integer.toUnsignedString(value), Integer.toString(expected));
    }
  }

  /** A whole number from 0 below 2^31, see {@link Varint}. */
  int varint(String field) {
    int start = in.position();
    int value = 0;
    for (int shift = 0; shift < 7 * Varint.MOST_BYTES; shift += 7) {
      int next = unsignedByte(field);
      value |= (next & 0x7f) << shift;
      if (next <= 0x7f && value >= 0) {
        return value;
      }
    }
    throw new ModelFormatException(field, start, "a larger number", "below 2^31");
  }

  /** Bytes with their length in front. */
  byte[] block(String field) {
    long length = Integer.toUnsignedLong(word(field));
    if (length > in.remaining()) {
      throw broken(field, length + " bytes", "the " + in.remaining() + " that are left at most");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  /** How many rows of so many bytes are left. */
  int rows(String field, int rowBytes) {
    need(field, 0);
    if (in.remaining() % rowBytes != 0) {
      throw broken(field, in.remaining() + " bytes", "a multiple of " + rowBytes);
    }
    return in.remaining() / rowBytes;
  }

  /** A text of printable ASCII, its length in front, 0 at its end. */
  String text(String field) {
    long length = Integer.toUnsignedLong(word(field));
    int start = fieldStart;
    if (length < 1 || length > in.remaining()) {
      throw broken(field, length + " bytes", "1 to the " + in.remaining() + " that are left");
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    for (int i = 0; i < bytes.length - 1; i++) {
      if (bytes[i] < ' ' || bytes[i] > '~') {
        throw new ModelFormatException(
            field, (long) start + Integer.BYTES + i, bytes[i] & 0xff, "printable ASCII");
      }
    }
    if (bytes[bytes.length - 1] != 0) {
      throw broken(field, bytes[bytes.length - 1] & 0xff, "0 after the text");
    }
    return new String(bytes, 0, bytes.length - 1, StandardCharsets.US_ASCII);
  }

  private ByteBuffer need(String field, int bytes) {
    fieldStart = in.position();
    if (in.remaining() < bytes) {
      throw broken(field, in.remaining() + " bytes", bytes + " bytes");
    }
    return in;
  }
}
