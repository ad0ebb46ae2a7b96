package io.waggle.core.score;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waggle.core.codec.Murmur;

/**
 * VW's hash of names ({@code hashstring.h}, {@code common/hash.h}): MurmurHash3 for x86, 32 bits; a
 * name that is a number is that number plus the seed unless everything is to be hashed. The names
 * are those of the learner's text, so all ASCII.
 *
 * @param hashAll {@code --hash all}
 * @param seed {@code --hash_seed}
 */
public record FeatureHash(boolean hashAll, int seed) {

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
