package io.waggle.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.v1.FeatureConfig;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** docs/features.md speaks of every kind, and its example is one that the checks accept. */
class FeaturesPageTest {
  @Test
  void exampleHasEveryKindThatIsComputedAndPassesTheChecks() {
    Set<FeatureConfig.KindCase> kinds = new HashSet<>();
    Surface.of(SurfaceFiles.read(Pages.ROOT.resolve("docs/features-example.yaml")).get(0))
        .config()
        .getFeaturesList()
        .forEach(feature -> kinds.add(feature.getKindCase()));

    for (FeatureConfig.KindCase kind : FeatureConfig.KindCase.values()) {
      boolean isComputed =
          kind != FeatureConfig.KindCase.ITEM_ATTRIBUTE
              && kind != FeatureConfig.KindCase.ITEM_STATISTIC
              && kind != FeatureConfig.KindCase.KIND_NOT_SET;
      assertThat(kinds.contains(kind)).as(kind.name()).isEqualTo(isComputed);
    }
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
