package io.waggle.core.explain;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waggle.core.codec.Murmur;

/**
 * VW's hash of names ({@code hashstring.h}, {@code common/hash.h}): MurmurHash3 for x86, 32 bits; a
 * name that is a number is that number plus the seed unless everything is to be hashed.
 *
 * @param hashAll {@code --hash all}
 * @param seed {@code --hash_seed}
 */
record FeatureHash(boolean hashAll, int seed) {

  static FeatureHash of(LearnerOptions options) {
    return new FeatureHash(
        options.first("--hash", "strings").equals("all"), options.number("--hash_seed", 0));
  }

  int namespace(String name) {
    return hash(name, seed);
  }

  /** Hash of a feature within the namespace of that hash; the name as the learner's text has it. */
  int feature(String escapedName, int namespace) {
    return hash(escapedName, namespace);
  }

  private int hash(String name, int seed) {
    if (!hashAll && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = 0;
      for (int i = 0; i < name.length(); i++) {
        number = 10 * number + name.charAt(i) - '0';
      }
      return number + seed;
    }
    byte[] bytes = name.getBytes(US_ASCII);
    return Murmur.hash(bytes, 0, bytes.length, seed);
  }
}
