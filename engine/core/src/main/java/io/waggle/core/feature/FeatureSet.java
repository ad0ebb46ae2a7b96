package io.waggle.core.feature;

/**
 * The version of the way features are made and written for learners. Models are compared, and made
 * again, only within one version: another encoding gives other weights to the same decisions.
 *
 * <p>INVARIANT: raised by one whenever {@link Example} or {@link SessionFeatures} writes anything
 * else for the same input; {@code FeatureSetTest} fails until it is.
 */
public final class FeatureSet {
  /** The version now. */
  public static final int VERSION = 1;

  private FeatureSet() {}
}
