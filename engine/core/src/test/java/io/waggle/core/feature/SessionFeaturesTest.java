package io.waggle.core.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.state.session.SignalFold;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionFeaturesTest {
  private static final long START = 1_700_000_000_000L;
  private static final long DAY = 86_400_000;
  private static final SessionSettings SETTINGS = SessionSettings.DEFAULT;
  private static final long GAP = SETTINGS.gap().toMillis();

  private final SessionFold fold = new SessionFold(SETTINGS);
  private int made;

  @Test
  void noSessionHasNoFeatures() {
    assertThat(SessionFeatures.of(null, START, SETTINGS)).isEmpty();
    assertThat(SessionFeatures.of(Session.getDefaultInstance(), START, SETTINGS)).isEmpty();
  }

  @Test
  void sessionTellsWhatWasReadLastAndHowOften() {
    Session session = session("news", "sport", "sport");

    Map<String, FeatureValue> features = features(session, START + 5_000);

    assertThat(text(features, "length")).isEqualTo("2-3");
    assertThat(text(features, "idle")).isEqualTo("10s");
    assertThat(text(features, "sessions")).isEqualTo("1");
    assertThat(text(features, "last_item")).isEqualTo("item-sport");
    assertThat(text(features, "last_type")).isEqualTo("click");
    assertThat(text(features, "last_category")).isEqualTo("sport");
    assertThat(text(features, "last_two_categories")).isEqualTo("sport>sport");
    assertThat(number(features, "count_click")).isCloseTo(Math.log(4), within(1e-12));
    assertThat(number(features, "recent=sport")).isCloseTo(Math.log(3), within(1e-12));
    assertThat(number(features, "recent=news")).isCloseTo(Math.log(2), within(1e-12));
  }

  @Test
  void affinitiesAreSharesThatDecayWithTheirOwnAge() {
    Session session = folded(null, click(START, "old"));
    session = folded(session, click(START + 7 * DAY, "new"));

    Map<String, FeatureValue> features = features(session, START + 14 * DAY);

    assertThat(number(features, "affinity=new")).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(number(features, "affinity=old")).isCloseTo(1.0 / 3, within(1e-12));
    assertThat(number(features, "affinity_total")).isCloseTo(Math.log1p(0.75), within(1e-12));
  }

  @Test
  void halfLifeIsTheOneOfTheSettings() {
    Session session = folded(null, click(START, "old"));
    session = folded(session, click(START + 1000, "new"));
    SessionSettings quick =
        new SessionSettings(SETTINGS.gap(), Duration.ofSeconds(1), SETTINGS.gap());

    Map<String, FeatureValue> features = byName(SessionFeatures.of(session, START + 1000, quick));

    assertThat(number(features, "affinity=new")).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void afterThePauseOnlyWhatIsLongTermRemains() {
    Session session = session("news", "sport");
    long lastMillis = session.getLastMillis();

    Map<String, FeatureValue> lasting = features(session, lastMillis + GAP);
    Map<String, FeatureValue> over = features(session, lastMillis + GAP + 1);

    assertThat(text(lasting, "last_category")).isEqualTo("sport");
    assertThat(over.keySet())
        .containsExactly(
            "length", "idle", "sessions", "affinity_total", "affinity=news", "affinity=sport");
    assertThat(text(over, "length")).isEqualTo("0");
    assertThat(text(over, "sessions")).isEqualTo("2-3");
    assertThat(text(over, "idle")).isEqualTo("1h");
  }

  @Test
  void requestStampedBeforeTheNewestInteractionIsTakenAsJustNow() {
    Session session = session("news");

    Map<String, FeatureValue> features = features(session, START - 5_000);

    assertThat(text(features, "idle")).isEqualTo("10s");
    assertThat(number(features, "affinity=news")).isEqualTo(1);
  }

  @Test
  void affinitiesOlderThanAnyNumberCanTellStillHaveShares() {
    Session session = session("news");

    Map<String, FeatureValue> features = features(session, START + 20_000 * DAY);

    assertThat(number(features, "affinity=news")).isEqualTo(1);
    assertThat(number(features, "affinity_total")).isZero();
  }

  @Test
  void categoryOfFullLengthGivesANameWithinTheContract() {
    Session session = session("\u65e5".repeat(85), "x".repeat(256));

    assertThat(features(session, START).keySet())
        .allMatch(name -> name.getBytes(StandardCharsets.UTF_8).length <= 256)
        .anyMatch(name -> name.equals("affinity=" + "x".repeat(247)))
        .anyMatch(name -> name.equals("affinity=" + "\u65e5".repeat(82)));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void featuresAreBoundedFiniteAndIndependentOfMapOrder(long seed) throws Exception {
    Random random = new Random(seed);
    Session session = null;
    for (int i = 0; i < 300; i++) {
      Interaction interaction =
          click(START + i * 1000L, "category" + random.nextInt(70)).toBuilder()
              .setType("type" + random.nextInt(40))
              .build();
      session = folded(session, interaction);
    }

    List<Namespace> features = SessionFeatures.of(session, START + 400_000, SETTINGS);
    List<Namespace> ofShuffled =
        SessionFeatures.of(
            shuffled(Objects.requireNonNull(session), random), START + 400_000, SETTINGS);

    assertThat(features).hasSize(1);
    assertThat(features.get(0).getName()).isEqualTo("session");
    assertThat(features.get(0).getFeaturesList())
        .hasSizeLessThanOrEqualTo(40)
        .hasSizeLessThanOrEqualTo(SessionFeatures.MAX_FEATURES)
        .allMatch(feature -> Double.isFinite(feature.getValue().getNumber()));
    assertThat(ofShuffled).isEqualTo(features);
  }

  @Test
  void signalsAreFeaturesByHowOftenInTheSessionAndHowLongAgo() {
    Session session = session("news");
    session = signalled(session, "hesitation", START);
    session = signalled(session, "hesitation", START + 1000);

    Map<String, FeatureValue> now = features(session, START + 2000);
    Map<String, FeatureValue> later = features(session, START + 2 * DAY);

    assertThat(number(now, "signal=shop/hesitation")).isEqualTo(StrictMath.log1p(2));
    assertThat(text(now, "signal_since_shop/hesitation")).isEqualTo("10s");
    assertThat(later).doesNotContainKey("signal=shop/hesitation");
    assertThat(text(later, "signal_since_shop/hesitation")).isEqualTo("7d");
  }

  @Test
  void theSignalsFoundLastAreFeaturesAndNoMoreThanTheBound() {
    Session session = session("news");
    for (int i = 0; i < 40; i++) {
      session = signalled(session, "s" + i, START + i);
    }

    Map<String, FeatureValue> features = features(session, START + 1000);

    assertThat(features.keySet().stream().filter(name -> name.startsWith("signal=")))
        .containsExactly(
            "signal=shop/s39",
            "signal=shop/s38",
            "signal=shop/s37",
            "signal=shop/s36",
            "signal=shop/s35",
            "signal=shop/s34",
            "signal=shop/s33",
            "signal=shop/s32");
    assertThat(features).hasSizeLessThanOrEqualTo(SessionFeatures.MAX_FEATURES);
  }

  private static Session signalled(Session session, String name, long endedMillis) {
    return SignalFold.fold(
        session,
        Signal.newBuilder().setSurface("shop").setName(name).setEndedMillis(endedMillis).build());
  }

  private static Session shuffled(Session session, Random random) {
    Session.Builder shuffled = session.toBuilder().clearAffinities().clearTypeCounts();
    List<String> categories = new ArrayList<>(session.getAffinitiesMap().keySet());
    Collections.shuffle(categories, random);
    categories.forEach(
        category -> shuffled.putAffinities(category, session.getAffinitiesOrThrow(category)));
    List<String> types = new ArrayList<>(session.getTypeCountsMap().keySet());
    Collections.shuffle(types, random);
    types.forEach(type -> shuffled.putTypeCounts(type, session.getTypeCountsOrThrow(type)));
    return shuffled.build();
  }

  private Session session(String... categories) {
    Session session = null;
    for (String category : categories) {
      session = folded(session, click(START, category));
    }
    return Objects.requireNonNull(session);
  }

  private Session folded(@Nullable Session session, Interaction interaction) {
    return fold.fold(session, interaction).session();
  }

  private static Map<String, FeatureValue> features(Session session, long nowMillis) {
    return byName(SessionFeatures.of(session, nowMillis, SETTINGS));
  }

  private static String text(Map<String, FeatureValue> features, String name) {
    return Objects.requireNonNull(features.get(name), name).getText();
  }

  private static double number(Map<String, FeatureValue> features, String name) {
    return Objects.requireNonNull(features.get(name), name).getNumber();
  }

  private static Map<String, FeatureValue> byName(List<Namespace> namespaces) {
    Map<String, FeatureValue> features = new LinkedHashMap<>();
    for (Feature feature : namespaces.get(0).getFeaturesList()) {
      assertThat(features.put(feature.getName(), feature.getValue())).isNull();
    }
    return features;
  }

  private Interaction click(long timeMillis, String category) {
    return Interaction.newBuilder()
        .setInteractionId("made" + made++)
        .setSurface("front")
        .setUserId("user")
        .setType("click")
        .setItemId("item-" + category)
        .setCategory(category)
        .setEventTimeMillis(timeMillis)
        .build();
  }
}
