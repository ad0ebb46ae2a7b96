package io.waggle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.features.FeatureCatalogue;
import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.suggest.FeatureLint;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.FeatureConfig;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/features.md speaks of every kind, and its example is one that the checks accept. */
class FeaturesPageTest {
  @Test
  void exampleHasEveryKindAndPassesTheChecks() {
    Set<FeatureConfig.KindCase> kinds = new HashSet<>();
    Surface.of(SurfaceFiles.read(Pages.ROOT.resolve("docs/features-example.yaml")).get(0))
        .config()
        .getFeaturesList()
        .forEach(feature -> kinds.add(feature.getKindCase()));

    assertThat(kinds)
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.complementOf(EnumSet.of(FeatureConfig.KindCase.KIND_NOT_SET)));
  }

  @Test
  void exampleHasNothingForLintToFind() {
    assertThat(
            FeatureLint.of(
                SurfaceFiles.read(Pages.ROOT.resolve("docs/features-example.yaml")).get(0)))
        .isEmpty();
  }

  /** To write it anew: {@code ./waggle features list docs/features-example.yaml --markdown}. */
  @Test
  void catalogueIsThatOfTheExample() throws IOException {
    String catalogue =
        String.join(
            "\n",
            FeatureCatalogue.page(
                SurfaceFiles.read(Pages.ROOT.resolve("docs/features-example.yaml")).get(0)));

    assertThat(Pages.read("docs/feature-catalogue.md")).endsWith("\n\n" + catalogue + "\n");
  }

  @Test
  void everyKindIsOnThePage() throws IOException {
    String page = Pages.read("docs/features.md");

    FeatureConfig.getDescriptor().getOneofs().stream()
        .filter(oneof -> oneof.getName().equals("kind"))
        .flatMap(oneof -> oneof.getFields().stream())
        .forEach(field -> assertThat(page).contains("`" + field.getName() + "`"));
  }

  @Test
  void bytesOnThePageAreThoseOfTheBounds() throws IOException {
    String page = Pages.read("docs/features.md");

    assertRow(page, "decayed", "decayed: {sum: price, halfLife: 86400s}");
    assertRow(page, "rate", "rate: {of: {types: [click]}, per: {types: [view]}}");
    assertRow(page, "time_since", "timeSince: {}");
    assertRow(page, "distinct", "distinct: {field: item_id}");
    assertRow(page, "quantile", "quantile: {property: price, quantiles: [0.5]}");
    assertRow(page, "seen", "seen: {}");
  }

  /** The kind's row has the bytes of a feature whose name has ten characters. */
  private static void assertRow(String page, String kind, String yaml) {
    String surface =
        """
        name: front
        livePolicy: uniform
        reward: {}
        policies: [{name: uniform, uniform: {}}]
        features: [{name: characters, %s}]
        """
            .formatted(yaml);
    int bytes = FeatureKinds.stateBytes(SurfaceFiles.parse(surface).getFeatures(0));

    assertThat(page.lines().filter(line -> line.startsWith("| `" + kind + "`")).findFirst())
        .hasValueSatisfying(row -> assertThat(row).contains(" " + "%,d".formatted(bytes) + " |"));
  }
}
