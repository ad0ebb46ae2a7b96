package io.waggle.core.declared;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.BucketForm;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.Item;
import io.waggle.v1.ItemAttributeFeature;
import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.NumberForm;
import io.waggle.v1.SurfaceConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ItemFeaturesTest {
  private static final long NOW = 1_700_000_000_000L;

  private final Map<String, Item> items = new HashMap<>();
  private final Map<String, ItemStatistics> statistics = new HashMap<>();
  private final ItemSource source =
      new ItemSource() {
        @Override
        public @Nullable Item item(String surface, String itemId) {
          return items.get(itemId);
        }

        @Override
        public @Nullable ItemStatistics statistics(String surface, String itemId) {
          return statistics.get(itemId);
        }
      };

  @Test
  void anActionNamedByItsIdGetsItsItemsNamespaces() {
    put(
        "cup",
        namespace("product", text("category", "sport")),
        namespace("stock", number("left", 3)));

    assertThat(enriched(List.of(), action("cup")))
        .isEqualTo(
            action(
                "cup",
                namespace("product", text("category", "sport")),
                namespace("stock", number("left", 3))));
  }

  @Test
  void anActionKeepsItsOwnNamespacesAndGetsTheOthers() {
    put(
        "cup",
        namespace("product", text("category", "sport")),
        namespace("stock", number("left", 3)));
    Action own = action("cup", namespace("product", text("category", "sale")));

    assertThat(enriched(List.of(), own))
        .isEqualTo(
            action(
                "cup",
                namespace("product", text("category", "sale")),
                namespace("stock", number("left", 3))));
  }

  @Test
  void anActionOfNoItemStaysAsItIs() {
    Action unknown = action("unknown", namespace("product", text("category", "sale")));

    assertThat(enriched(List.of(), unknown)).isSameAs(unknown);
  }

  @Test
  void aDeclaredAttributeIsAFeatureInItsFormAndItsNamespace() {
    put("cup", namespace("product", number("price", 25), text("category", "sport")));
    FeatureConfig price =
        attribute("price_class", "price", form().setBuckets(bounds(10, 100))).build();
    FeatureConfig category =
        attribute("category", "product.category", form()).setNamespace("topic").build();
    FeatureConfig missing = attribute("colour", "colour", form()).build();

    Action cup = enriched(List.of(price, category, missing), action("cup"));

    assertThat(cup.getNamespacesList())
        .containsExactly(
            namespace("product", number("price", 25), text("category", "sport")),
            namespace("item", text("price_class", "10..100")),
            namespace("topic", text("category", "sport")));
  }

  @Test
  void declaredFeaturesJoinANamespaceThatIsThere() {
    put("cup", namespace("item", number("price", 25)));

    assertThat(enriched(List.of(attribute("dear", "price", form()).build()), action("cup")))
        .isEqualTo(action("cup", namespace("item", number("price", 25), number("dear", 25))));
  }

  @Test
  void aSensitiveAttributeReachesNoExample() {
    put("cup", namespace("product", number("margin", 0.4), number("price", 25)));
    FeatureConfig margin = attribute("margin", "margin", form()).setSensitive(true).build();
    FeatureConfig rate = rate().setSensitive(true).build();

    assertThat(enriched(List.of(margin, rate), action("cup")))
        .isEqualTo(action("cup", namespace("product", number("price", 25))));
  }

  @Test
  void withoutItsSensitiveAttributesANamespaceIsTheSameObjectInEachRequest() {
    put(
        "cup",
        namespace("product", number("margin", 0.4), number("price", 25), text("colour", "red")),
        namespace("stock", number("left", 3), number("sold", 4)));
    Namespace stock = Objects.requireNonNull(items.get("cup")).getAttributes(1);
    SurfaceConfig surface =
        SurfaceConfig.newBuilder()
            .setName("front")
            .addFeatures(attribute("margin", "margin", form()).setSensitive(true))
            .build();
    DeclaredFeatures declared = new DeclaredFeatures(source);
    List<Action> requests = new ArrayList<>();

    for (int i = 0; i < 4; i++) {
      requests.add(enriched(declared, surface));
    }

    Namespace kept = requests.get(2).getNamespaces(0);
    assertThat(requests).allMatch(each -> each.equals(requests.get(0)));
    assertThat(kept).isEqualTo(namespace("product", number("price", 25), text("colour", "red")));
    assertThat(requests.get(3).getNamespaces(0)).isSameAs(kept);
    assertThat(requests.get(3).getNamespaces(1)).isSameAs(stock);
    put("cup", namespace("product", number("margin", 0.5), number("price", 9), number("x", 1)));
    for (int i = 0; i < 3; i++) {
      assertThat(enriched(declared, surface).getNamespacesList())
          .containsExactly(namespace("product", number("price", 9), number("x", 1)));
    }
    SurfaceConfig stricter =
        surface.toBuilder()
            .addFeatures(attribute("price", "price", form()).setSensitive(true))
            .build();
    assertThat(enriched(declared, stricter).getNamespacesList())
        .containsExactly(namespace("product", number("x", 1)));
  }

  private static Action enriched(DeclaredFeatures declared, SurfaceConfig surface) {
    return declared
        .encode(surface, Duration.ofMinutes(30), null, List.of(), List.of(action("cup")), NOW)
        .actions()
        .get(0);
  }

  @Test
  void aStatisticIsTheSmoothedRateAtTheTimeOfTheRequest() {
    counted("cup", 3, 10, Map.of("fr", counts(3, 4)));
    List<FeatureConfig> declared = List.of(rate().build());

    // (3 + 10 * 0.1) / (10 + 10), and for France from there on (3 + 10 * 0.2) / (4 + 10).
    assertThat(value(enriched(declared, action("cup")))).isEqualTo(0.2);
    assertThat(value(enriched(declared, action("cup"), namespace("user", text("country", "fr")))))
        .isEqualTo(0.357);
    assertThat(value(enriched(declared, action("cup"), namespace("user", text("country", "de")))))
        .isEqualTo(0.2);
    assertThat(value(enriched(declared, action("unknown")))).isEqualTo(0.1);
  }

  @Test
  void namespacesBeyondTheContractsBoundAreLeftOut() {
    Namespace[] many = new Namespace[16];
    for (int i = 0; i < many.length; i++) {
      many[i] = namespace("n" + i, number("f", i));
    }
    put("cup", many);

    Action cup = enriched(List.of(rate().build()), action("cup", namespace("own", number("f", 1))));

    assertThat(cup.getNamespacesList())
        .hasSize(16)
        .extracting(Namespace::getName)
        .startsWith("own", "n0", "n1")
        .endsWith("n13", "item");
  }

  @ParameterizedTest
  @CsvSource({"0.123456,0.123", "0.99951,1", "12345,12300", "0,0", "1e-320,0"})
  void ratesHaveThreeDigitsAndAreWithinWhatAFeatureMayBe(double rate, double rounded) {
    assertThat(ItemEncodings.rounded(rate))
        .isCloseTo(rounded, org.assertj.core.data.Percentage.withPercentage(1e-9));
  }

  private Action enriched(List<FeatureConfig> declared, Action action, Namespace... context) {
    return new DeclaredFeatures(source)
        .encode(
            SurfaceConfig.newBuilder().setName("front").addAllFeatures(declared).build(),
            Duration.ofMinutes(30),
            null,
            List.of(context),
            List.of(action),
            NOW)
        .actions()
        .get(0);
  }

  private static double value(Action action) {
    List<Feature> features = new ArrayList<>();
    action.getNamespacesList().forEach(each -> features.addAll(each.getFeaturesList()));
    return features.stream()
        .filter(each -> each.getName().equals("rate"))
        .map(Feature::getValue)
        .mapToDouble(FeatureValue::getNumber)
        .findFirst()
        .orElseThrow();
  }

  private void put(String id, Namespace... attributes) {
    items.put(
        id,
        Item.newBuilder()
            .setSurface("front")
            .setItemId(id)
            .addAllAttributes(List.of(attributes))
            .build());
  }

  private void counted(String id, double of, double per, Map<String, ItemCounts> segments) {
    statistics.put(
        id,
        ItemStatistics.newBuilder()
            .setVersion(1)
            .addStatistics(
                ItemStatistic.newBuilder()
                    .setFeature("rate")
                    .setFeatureVersion(1)
                    .setAll(counts(of, per))
                    .putAllSegments(segments))
            .build());
  }

  private static ItemCounts counts(double of, double per) {
    return ItemCounts.newBuilder().setOf(of).setPer(per).setAsOfMillis(NOW).build();
  }

  private static FeatureConfig.Builder rate() {
    return FeatureConfig.newBuilder()
        .setName("rate")
        .setItemStatistic(
            ItemStatisticFeature.newBuilder()
                .setOf(InteractionFilter.newBuilder().addTypes("click"))
                .setPer(InteractionFilter.newBuilder().addTypes("view"))
                .setPrior(0.1)
                .setSegmentProperty("country")
                .setSegmentFeature("user.country"));
  }

  private static FeatureConfig.Builder attribute(
      String name, String attribute, NumberForm.Builder form) {
    return FeatureConfig.newBuilder()
        .setName(name)
        .setItemAttribute(ItemAttributeFeature.newBuilder().setAttribute(attribute).setForm(form));
  }

  private static NumberForm.Builder form() {
    return NumberForm.newBuilder();
  }

  private static BucketForm bounds(double... bounds) {
    BucketForm.Builder form = BucketForm.newBuilder();
    for (double bound : bounds) {
      form.addBounds(bound);
    }
    return form.build();
  }
}
