package io.waggle.app.features;

import io.waggle.app.report.Table;
import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.suggest.LearnedFeatures;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The declared features of a surface as a table, as a page, and one by one. Pure. */
public final class FeatureCatalogue {
  private FeatureCatalogue() {}

  /** The columns of {@link #rows}. */
  public static List<String> columns() {
    return List.of(
        "feature",
        "kind",
        "from",
        "namespace",
        "learner sees",
        "type",
        "unit",
        "bytes a user",
        "owner");
  }

  /** A row a feature, in the file's order. */
  public static List<List<String>> rows(SurfaceConfig surface) {
    return surface.getFeaturesList().stream()
        .map(
            feature ->
                List.of(
                    LearnedFeatures.reference(feature),
                    FeatureKinds.kind(feature),
                    from(feature),
                    FeatureKinds.namespace(feature),
                    feature.getSensitive() ? "nothing: sensitive" : seen(feature),
                    FeatureKinds.type(feature),
                    feature.getUnit(),
                    Integer.toString(FeatureKinds.stateBytes(feature)),
                    feature.getOwner()))
        .toList();
  }

  /** For a terminal. */
  public static List<String> table(SurfaceConfig surface) {
    Table table = new Table(columns().toArray(String[]::new));
    rows(surface).forEach(row -> table.row(row.toArray(String[]::new)));
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(
        "%s: %d features, at most %d bytes a user"
            .formatted(surface.getName(), surface.getFeaturesCount(), stateBytes(surface)));
    return lines;
  }

  /** For a documentation page: a Markdown section. */
  public static List<String> page(SurfaceConfig surface) {
    List<String> lines = new ArrayList<>();
    lines.add("## " + surface.getName());
    lines.add("");
    lines.add(
        "%d features, at most %,d bytes of state a user."
            .formatted(surface.getFeaturesCount(), stateBytes(surface)));
    for (FeatureConfig feature : surface.getFeaturesList()) {
      lines.add("");
      lines.add("### " + LearnedFeatures.reference(feature));
      lines.add("");
      lines.add(feature.getDescription());
      lines.add("");
      facts(surface, feature).forEach((name, value) -> lines.add("- " + name + ": " + value));
    }
    return lines;
  }

  /** All that is known of one feature. */
  public static List<String> describe(SurfaceConfig surface, FeatureConfig feature) {
    List<String> lines = new ArrayList<>();
    lines.add(surface.getName() + "/" + LearnedFeatures.reference(feature));
    if (!feature.getDescription().isEmpty()) {
      lines.add(feature.getDescription());
    }
    facts(surface, feature)
        .forEach((name, value) -> lines.add(String.format(Locale.ROOT, "%-14s %s", name, value)));
    return lines;
  }

  private static Map<String, String> facts(SurfaceConfig surface, FeatureConfig feature) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("kind", FeatureKinds.kind(feature) + ", from the " + from(feature));
    facts.put("type", FeatureKinds.type(feature));
    facts.put("unit", orNone(feature.getUnit()));
    facts.put("owner", orNone(feature.getOwner()));
    facts.put(
        "learner sees",
        feature.getSensitive()
            ? "nothing: it is sensitive"
            : "%s in namespace %s, %s"
                .formatted(
                    seen(feature),
                    FeatureKinds.namespace(feature),
                    FeatureKinds.isOfAction(feature) ? "of each action" : "shared by all actions"));
    facts.put("learned by", policies(surface, feature));
    facts.put("lineage", lineage(feature));
    facts.put("state", FeatureKinds.stateBytes(feature) + " bytes a user at most");
    return facts;
  }

  /** The names that the learner sees. */
  private static String seen(FeatureConfig feature) {
    String value = FeatureKinds.hasValuesInNames(feature) ? "=VALUE" : "";
    return FeatureKinds.names(feature).stream()
        .map(name -> name + value)
        .collect(Collectors.joining(" "));
  }

  private static String policies(SurfaceConfig surface, FeatureConfig feature) {
    String policies =
        surface.getPoliciesList().stream()
            .filter(policy -> LearnedFeatures.sees(policy, feature))
            .map(PolicyConfig::getName)
            .collect(Collectors.joining(", "));
    return orNone(policies);
  }

  /** From the topic that it comes from to the one it is logged in. */
  private static String lineage(FeatureConfig feature) {
    String start =
        switch (FeatureKinds.source(feature)) {
          case USER -> "interactions > session job (session-fold) > sessions > ";
          case ITEM ->
              feature.hasItemStatistic()
                  ? "interactions > session job (item-fold) > item-statistics > "
                  : "items > ";
          case REQUEST -> "request > ";
        };
    return start
        + (feature.getSensitive()
            ? "not into a ranking"
            : "ranking > decisions > learning job > models");
  }

  private static String from(FeatureConfig feature) {
    return FeatureKinds.source(feature).name().toLowerCase(Locale.ROOT);
  }

  private static int stateBytes(SurfaceConfig surface) {
    return surface.getFeaturesList().stream().mapToInt(FeatureKinds::stateBytes).sum();
  }

  private static String orNone(String text) {
    return text.isEmpty() ? "none" : text;
  }
}
