package io.waggle.core.suggest;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.SurfaceConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a good surface file would say of its features and this one does not: who answers for them,
 * what they mean, whether somebody learns from them. The file works without; a team that keeps it
 * for years does not. Pure.
 */
public final class FeatureLint {
  private final SurfaceConfig surface;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * Something to mend.
   *
   * @param feature its name
   * @param field what to change
   * @param rule what is expected, in words
   */
  public record Finding(String feature, String field, String rule) {}

  private FeatureLint(SurfaceConfig surface) {
    this.surface = surface;
  }

  /** The findings, by feature in the file's order; none: the file is as it should be. */
  public static List<Finding> of(SurfaceConfig surface) {
    FeatureLint lint = new FeatureLint(surface);
    Map<FeatureConfig, String> same = new HashMap<>();
    for (FeatureConfig feature : surface.getFeaturesList()) {
      lint.words(feature);
      lint.secrecy(feature);
      lint.use(feature);
      lint.twice(feature, same);
    }
    return List.copyOf(lint.findings);
  }

  private void words(FeatureConfig feature) {
    required(feature, "owner", feature.getOwner(), "a team or an address that answers for it");
    required(feature, "description", feature.getDescription(), "a sentence on what it says");
    required(feature, "unit", feature.getUnit(), "the unit of its value");
  }

  private void required(FeatureConfig feature, String field, String value, String rule) {
    if (value.isBlank()) {
      find(feature, field, rule);
    }
  }

  private void secrecy(FeatureConfig feature) {
    if (!feature.getSensitive() && PersonalNames.isPersonal(feature)) {
      find(feature, "sensitive", "true, as its name says who somebody is; or another name");
    }
  }

  /** A feature that no learner sees costs for nothing. */
  private void use(FeatureConfig feature) {
    boolean used =
        feature.getSensitive()
            || surface.getPoliciesList().stream()
                .anyMatch(policy -> LearnedFeatures.sees(policy, feature));
    if (!used) {
      find(feature, "namespace", "one that a policy of the surface learns from");
    }
  }

  /** The same declaration under two names is learned twice as fast and means nothing more. */
  private void twice(FeatureConfig feature, Map<FeatureConfig, String> same) {
    FeatureConfig meaning =
        feature.toBuilder()
            .clearName()
            .clearOwner()
            .clearDescription()
            .clearUnit()
            .clearVersion()
            .build();
    String earlier = same.putIfAbsent(meaning, feature.getName());
    if (earlier != null) {
      find(feature, "name", "one declaration, as " + earlier + " says the same");
    }
  }

  private void find(FeatureConfig feature, String field, String rule) {
    findings.add(new Finding(feature.getName(), field, rule));
  }
}
