package io.waggle.core.score;

/**
 * How a model takes features in. Immutable.
 *
 * @param scale what a hash is multiplied by: the number of weight sets as a power of two
 * @param ignored letters of namespaces that are left out
 * @param kept letters of the only namespaces that are taken; empty: all are
 * @param constant true: each action has the constant
 * @param hashed hashes of namespaces that come again
 */
record FeatureRules(
    FeatureHash hash,
    int scale,
    String ignored,
    String kept,
    boolean constant,
    HashedNamespaces hashed) {
  static final FeatureRules NONE =
      new FeatureRules(new FeatureHash(false, 0), 1, "", "", true, HashedNamespaces.OF_PROCESS);

  static FeatureRules of(LearnerOptions options, HashedNamespaces hashed) {
    return new FeatureRules(
        FeatureHash.of(options),
        WeightSets.of(options).scale(),
        options.letters("--ignore"),
        options.letters("--keep"),
        !options.has("--noconstant"),
        hashed);
  }

  boolean takes(char letter) {
    return ignored.indexOf(letter) < 0 && (kept.isEmpty() || kept.indexOf(letter) >= 0);
  }
}
