package io.waggle.core.suggest;

import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.score.LearnerOptions;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.util.List;

/** Which policy learns from which declared feature. Pure. */
public final class LearnedFeatures {
  private LearnedFeatures() {}

  /**
   * True: examples of the policy may hold the feature. A learner may be told to ignore a namespace;
   * policies other than Vowpal Wabbit's learn from no feature.
   */
  public static boolean sees(PolicyConfig policy, FeatureConfig feature) {
    if (!policy.hasVowpalWabbit() || feature.getSensitive()) {
      return false;
    }
    // VW tells namespaces apart by their first letter.
    char letter = FeatureKinds.namespace(feature).charAt(0);
    LearnerOptions options = new LearnerOptions(policy.getVowpalWabbit().getArguments());
    String kept = options.letters("--keep");
    return options.letters("--ignore").indexOf(letter) < 0
        && (kept.isEmpty() || kept.indexOf(letter) >= 0);
  }

  /** The features that a policy of a surface learns from, as {@code name@version}, in order. */
  public static List<String> of(SurfaceConfig surface, PolicyConfig policy) {
    return surface.getFeaturesList().stream()
        .filter(feature -> sees(policy, feature))
        .map(LearnedFeatures::reference)
        .toList();
  }

  /** A feature and its version: {@code clicks@2}. */
  public static String reference(FeatureConfig feature) {
    return feature.getName() + "@" + version(feature);
  }

  /** The version; 1 where none is given. */
  public static int version(FeatureConfig feature) {
    return feature.hasVersion() ? feature.getVersion() : 1;
  }
}
