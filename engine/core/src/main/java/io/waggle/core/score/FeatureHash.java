package io.waggle.core.score;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waggle.core.codec.Murmur;
import io.waggle.core.feature.EscapedText;

/**
 * VW's hash of names ({@code hashstring.h}, {@code common/hash.h}): MurmurHash3 for x86, 32 bits; a
 * name that is a number is that number plus the seed unless everything is to be hashed. The names
 * are those of the learner's text, so all ASCII.
 *
 * @param hashAll {@code --hash all}
 * @param seed {@code --hash_seed}
 */
public record FeatureHash(boolean hashAll, int seed) {
  /** No hash: the name has to be escaped first, or may be a number. */
  static final long NOT_PLAIN = -1;

  private static final long HASH_BITS = 0xffff_ffffL;

  /** That of a learner with these options. */
  public static FeatureHash of(LearnerOptions options) {
    return new FeatureHash(
        options.first("--hash", "strings").equals("all"), options.number("--hash_seed", 0));
  }

  /** Hash of a namespace. */
  public int namespace(String name) {
    return feature(name, seed);
  }

  /** Hash of a feature within the namespace of that hash; the name as the learner's text has it. */
  public int feature(String escapedName, int namespace) {
    byte[] bytes = escapedName.getBytes(US_ASCII);
    return feature(bytes, bytes.length, namespace);
  }

  /**
   * The hash of a name, without writing it; {@link #NOT_PLAIN} where it cannot be told so. Most
   * names can; what was just written byte by byte cannot be read in words at once.
   */
  static long plain(String name, int namespace) {
    if (name.charAt(0) <= '9') {
      return NOT_PLAIN;
    }
    int hash = namespace;
    int word = 0;
    int length = name.length();
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (!EscapedText.isPlainInName(c)) {
        return NOT_PLAIN;
      }
      word |= c << (Byte.SIZE * i);
      if ((i & 3) == 3) {
        hash = Murmur.mixed(hash, word);
        word = 0;
      }
    }
    return Murmur.finished(hash, word, length) & HASH_BITS;
  }

  /** The same of {@code name=text}. */
  static long plain(String name, String text, int namespace) {
    int hash = namespace;
    int word = 0;
    int nameLength = name.length();
    for (int i = 0; i < nameLength; i++) {
      char c = name.charAt(i);
      if (!EscapedText.isPlainInName(c)) {
        return NOT_PLAIN;
      }
      word |= c << (Byte.SIZE * i);
      if ((i & 3) == 3) {
        hash = Murmur.mixed(hash, word);
        word = 0;
      }
    }
    word |= '=' << (Byte.SIZE * nameLength);
    int length = nameLength + 1;
    if ((length & 3) == 0) {
      hash = Murmur.mixed(hash, word);
      word = 0;
    }
    int textLength = text.length();
    for (int i = 0; i < textLength; i++) {
      char c = text.charAt(i);
      if (!EscapedText.isPlainInValue(c)) {
        return NOT_PLAIN;
      }
      word |= c << (Byte.SIZE * length);
      length++;
      if ((length & 3) == 0) {
        hash = Murmur.mixed(hash, word);
        word = 0;
      }
    }
    return Murmur.finished(hash, word, length) & HASH_BITS;
  }

  /** The same of the first bytes of an array. */
  int feature(byte[] escapedName, int length, int namespace) {
    int number = 0;
    for (int i = 0; i < length && !hashAll; i++) {
      int digit = escapedName[i] - '0';
      if (digit < 0 || digit > 9) {
        return Murmur.hash(escapedName, 0, length, namespace);
      }
      number = 10 * number + digit;
    }
    return hashAll ? Murmur.hash(escapedName, 0, length, namespace) : number + namespace;
  }
}
