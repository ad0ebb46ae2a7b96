package io.waggle.app.features;

import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.suggest.LearnedFeatures;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The declared features as figures for other programs. Pure. */
public final class FeatureFigures {
  private FeatureFigures() {}

  /** Of several surfaces, in order: {@code {"surfaces": [{"surface", "features": [...]}]}}. */
  public static Map<String, ?> of(List<SurfaceConfig> surfaces) {
    return Map.of("surfaces", surfaces.stream().map(FeatureFigures::of).toList());
  }

  private static Map<String, ?> of(SurfaceConfig surface) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("surface", surface.getName());
    figures.put(
        "features",
        surface.getFeaturesList().stream().map(feature -> of(surface, feature)).toList());
    return figures;
  }

  private static Map<String, ?> of(SurfaceConfig surface, FeatureConfig feature) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("name", feature.getName());
    figures.put("version", LearnedFeatures.version(feature));
    figures.put("kind", FeatureKinds.kind(feature));
    figures.put("type", FeatureKinds.type(feature));
    figures.put("from", FeatureKinds.source(feature).name().toLowerCase(Locale.ROOT));
    figures.put("ofAction", FeatureKinds.isOfAction(feature));
    figures.put("namespace", FeatureKinds.namespace(feature));
    figures.put("names", FeatureKinds.names(feature));
    figures.put("valuesInNames", FeatureKinds.hasValuesInNames(feature));
    figures.put("unit", feature.getUnit());
    figures.put("owner", feature.getOwner());
    figures.put("description", feature.getDescription());
    figures.put("sensitive", feature.getSensitive());
    figures.put("stateBytes", FeatureKinds.stateBytes(feature));
    figures.put(
        "learnedBy",
        surface.getPoliciesList().stream()
            .filter(policy -> LearnedFeatures.sees(policy, feature))
            .map(PolicyConfig::getName)
            .toList());
    return figures;
  }
}
