package io.waggle.state.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.ItemStatistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemStatisticsFoldTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final Duration HALF_LIFE = Duration.ofHours(1);
  private static final ItemStatisticSettings RATE = settings("rate", 1);

  @Test
  void anItemOfWhichNothingIsKnownHasThePrior() {
    assertThat(ItemRates.rate(null, RATE, "", NOW)).isEqualTo(0.25);
    assertThat(ItemRates.rate(ItemStatistics.getDefaultInstance(), RATE, "", NOW)).isEqualTo(0.25);
  }

  @Test
  void countsMoveTheRateFromThePriorByWhatTheyWeigh() {
    ItemStatistics item = folded(List.of(view(NOW, "fr"), view(NOW, "fr"), click(NOW, "fr")));

    // (1 + 4 * 0.25) / (2 + 4)
    assertThat(ItemRates.rate(item, RATE, "", NOW)).isCloseTo(2.0 / 6, within(1e-12));
  }

  @Test
  void withEveryHalfLifeHalfOfWhatHappenedIsForgotten() {
    ItemStatistics item = folded(List.of(view(NOW, "fr"), click(NOW, "fr")));

    assertThat(ItemRates.rate(item, RATE, "", NOW + HALF_LIFE.toMillis()))
        .isCloseTo((0.5 + 1) / (0.5 + 4), within(1e-12));
    assertThat(ItemRates.rate(item, RATE, "", NOW + 60 * HALF_LIFE.toMillis()))
        .isCloseTo(0.25, within(1e-12));
  }

  @Test
  void aRequestFromBeforeTheNewestInteractionSeesTheCountsAsTheyAre() {
    ItemStatistics item = folded(List.of(view(NOW, "fr")));

    assertThat(ItemRates.rate(item, RATE, "", NOW - 5_000))
        .isEqualTo(ItemRates.rate(item, RATE, "", NOW));
  }

  @Test
  void aSegmentStartsFromTheItemsRateOverAll() {
    ItemStatistics item =
        folded(List.of(view(NOW, "fr"), click(NOW, "fr"), view(NOW, "de"), view(NOW, "de")));
    double overall = (1 + 1) / (3 + 4.0);

    assertThat(ItemRates.rate(item, RATE, "fr", NOW))
        .isCloseTo((1 + 4 * overall) / (1 + 4), within(1e-12));
    assertThat(ItemRates.rate(item, RATE, "de", NOW))
        .isCloseTo(4 * overall / (2 + 4), within(1e-12));
    assertThat(ItemRates.rate(item, RATE, "elsewhere", NOW)).isCloseTo(overall, within(1e-12));
  }

  @Test
  void ofMoreSegmentsThanDeclaredTheFirstAreKeptAndNoLongNames() {
    List<Interaction> many = new ArrayList<>();
    many.add(view(NOW, "x".repeat(65)));
    for (int i = 0; i < 10; i++) {
      many.add(view(NOW, "s" + i));
    }

    ItemStatistics item = folded(many);

    assertThat(item.getStatistics(0).getSegmentsMap()).containsOnlyKeys("s0", "s1", "s2");
    assertThat(item.getStatistics(0).getAll().getPer()).isEqualTo(11);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theOrderOfArrivalMakesNoDifference(long seed) {
    Random random = new Random(seed);
    List<Interaction> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long time = NOW - random.nextInt((int) Duration.ofDays(2).toMillis());
      String segment = random.nextBoolean() ? "fr" : "de";
      events.add(random.nextInt(3) == 0 ? click(time, segment) : view(time, segment));
    }
    ItemStatistics sorted = folded(events);
    Collections.shuffle(events, random);
    ItemStatistics shuffled = folded(events);

    assertThat(shuffled.getVersion()).isEqualTo(sorted.getVersion()).isEqualTo(500);
    for (String segment : List.of("", "fr", "de")) {
      assertThat(ItemRates.rate(shuffled, RATE, segment, NOW))
          .isCloseTo(ItemRates.rate(sorted, RATE, segment, NOW), within(1e-12))
          .isCloseTo(naive(events, segment), within(1e-12));
    }
  }

  private static double naive(List<Interaction> events, String segment) {
    double prior = segment.isEmpty() ? 0.25 : naive(events, "");
    double clicks = 0;
    double views = 0;
    for (Interaction event : events) {
      if (segment.isEmpty() || event.getProperties(0).getValue().getText().equals(segment)) {
        double part =
            Math.pow(2, -(double) (NOW - event.getEventTimeMillis()) / HALF_LIFE.toMillis());
        clicks += event.getType().equals("click") ? part : 0;
        views += event.getType().equals("view") ? part : 0;
      }
    }
    return (clicks + 4 * prior) / (views + 4);
  }

  @Test
  void aNewVersionStartsAnewAndWhatIsNoLongerDeclaredLeaves() {
    ItemStatistics before =
        fold(null, List.of(RATE, settings("other", 1)), List.of(view(NOW, "fr"), click(NOW, "fr")));
    ItemStatisticSettings changed = settings("rate", 2);

    ItemStatistics after = fold(before, List.of(changed), List.of(view(NOW, "fr")));

    assertThat(after.getStatisticsList()).hasSize(1);
    assertThat(after.getStatistics(0).getFeatureVersion()).isEqualTo(2);
    assertThat(ItemRates.rate(after, changed, "", NOW)).isCloseTo(1.0 / 5, within(1e-12));
    assertThat(after.getVersion()).isEqualTo(3);
  }

  @Test
  void onlyInteractionsWithAnItemThatSomeStatisticCountsCount() {
    ItemStatisticsFold fold = new ItemStatisticsFold(List.of(RATE));

    assertThat(fold.counts(click(NOW, "fr"))).isTrue();
    assertThat(fold.counts(click(NOW, "fr").toBuilder().clearItemId().build())).isFalse();
    assertThat(fold.counts(click(NOW, "fr").toBuilder().setType("share").build())).isFalse();
  }

  @Test
  void aPropertyAboveABoundDecidesWhatCounts() {
    InteractionFilter dear =
        InteractionFilter.newBuilder().setProperty("price").setAbove(10).build();
    ItemStatisticsFold fold =
        new ItemStatisticsFold(
            ItemStatisticSettings.among(
                List.of(
                    FeatureConfig.newBuilder()
                        .setName("dear")
                        .setItemStatistic(
                            ItemStatisticFeature.newBuilder().setOf(dear).setPer(dear))
                        .build())));

    assertThat(fold.counts(priced(11))).isTrue();
    assertThat(fold.counts(priced(10))).isFalse();
    assertThat(fold.counts(click(NOW, "fr"))).isFalse();
  }

  @Test
  void defaultsAreADayATenthOfNothingAndTenSegments() {
    ItemStatisticSettings settings =
        ItemStatisticSettings.of(
            FeatureConfig.newBuilder()
                .setName("f")
                .setItemStatistic(ItemStatisticFeature.getDefaultInstance())
                .build());

    assertThat(settings.version()).isEqualTo(1);
    assertThat(settings.halfLife()).isEqualTo(Duration.ofDays(1));
    assertThat(settings.weight()).isEqualTo(10);
    assertThat(settings.segments()).isEqualTo(10);
    assertThat(new ItemStatisticsFold(List.of(settings)).timeToLive())
        .isEqualTo(Duration.ofDays(20));
  }

  private static Interaction priced(double price) {
    return click(NOW, "fr").toBuilder()
        .addProperties(
            Feature.newBuilder()
                .setName("price")
                .setValue(FeatureValue.newBuilder().setNumber(price)))
        .build();
  }

  private static ItemStatistics folded(List<Interaction> interactions) {
    return fold(null, List.of(RATE), interactions);
  }

  private static ItemStatistics fold(
      @Nullable ItemStatistics before,
      List<ItemStatisticSettings> declared,
      List<Interaction> interactions) {
    ItemStatisticsFold fold = new ItemStatisticsFold(declared);
    ItemStatistics item = before == null ? ItemStatistics.getDefaultInstance() : before;
    for (Interaction interaction : interactions) {
      item = fold.fold(item, interaction);
    }
    return item;
  }

  private static ItemStatisticSettings settings(String name, int version) {
    return new ItemStatisticSettings(
        name,
        version,
        InteractionFilter.newBuilder().addTypes("click").build(),
        InteractionFilter.newBuilder().addTypes("view").build(),
        HALF_LIFE,
        0.25,
        4,
        "country",
        "user.country",
        3);
  }

  private static Interaction view(long timeMillis, String country) {
    return interaction("view", timeMillis, country);
  }

  private static Interaction click(long timeMillis, String country) {
    return interaction("click", timeMillis, country);
  }

  private static Interaction interaction(String type, long timeMillis, String country) {
    return Interaction.newBuilder()
        .setSurface("front")
        .setUserId("u")
        .setItemId("cup")
        .setType(type)
        .setEventTimeMillis(timeMillis)
        .addProperties(
            Feature.newBuilder()
                .setName("country")
                .setValue(FeatureValue.newBuilder().setText(country)))
        .build();
  }
}
