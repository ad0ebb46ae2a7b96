package io.waggle.core.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** MurmurHash3, the 32-bit variant for x86, as in VW. Pure. */
public final class Murmur {
  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Murmur() {}

  /** The hash of the bytes from {@code start} to before {@code end}. */
  public static int hash(byte[] bytes, int start, int end, int seed) {
    int hash = seed;
    int wholeEnd = start + (end - start) / 4 * 4;
    for (int i = start; i < wholeEnd; i += 4) {
      hash = mixed(hash, (int) WORD.get(bytes, i));
    }
    return finished(hash, word(bytes, wholeEnd, end - wholeEnd), end - start);
  }

  /**
   * The hash, so far, with four more bytes; at first it is the seed.
   *
   * @param word the bytes, little endian
   */
  public static int mixed(int hash, int word) {
    return Integer.rotateLeft(hash ^ scrambled(word), 13) * 5 + 0xe6546b64;
  }

  /**
   * The hash of all bytes.
   *
   * @param word the last bytes, as many as are left of the length divided by four, little endian
   * @param length of all bytes
   */
  public static int finished(int hash, int word, int length) {
    return finished(hash ^ scrambled(word) ^ length);
  }

  /** Up to three bytes, little endian. */
  private static int word(byte[] bytes, int start, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[start + i] & 0xff) << (8 * i);
    }
    return word;
  }

  private static int scrambled(int word) {
    return Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
  }

  private static int finished(int hash) {
    int mixed = hash ^ (hash >>> 16);
    mixed *= 0x85ebca6b;
    mixed ^= mixed >>> 13;
    mixed *= 0xc2b2ae35;
    return mixed ^ (mixed >>> 16);
  }
}
