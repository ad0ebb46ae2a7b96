package io.waggle.state.feature;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.AffinityFeature;
import io.waggle.v1.DecayedFeature;
import io.waggle.v1.DistinctFeature;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureState;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.LastFeature;
import io.waggle.v1.LocalTimeFeature;
import io.waggle.v1.QuantileFeature;
import io.waggle.v1.RateFeature;
import io.waggle.v1.SeenFeature;
import io.waggle.v1.SeenForm;
import io.waggle.v1.Session;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.SessionFeature;
import io.waggle.v1.SurfaceFeatureStates;
import io.waggle.v1.TimeSinceFeature;
import io.waggle.v1.WindowFeature;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeatureFoldTest {
  private static final long START = 1_700_000_000_000L;
  private static final long MINUTE = 60_000;

  /** A feature of each kind that keeps something. */
  private static final List<FeatureConfig> EVERY_KIND =
      List.of(
          named("window")
              .setWindow(
                  WindowFeature.newBuilder()
                      .addWindows(seconds(3600))
                      .addWindows(seconds(90 * 86_400)))
              .build(),
          named("sum")
              .setWindow(WindowFeature.newBuilder().setSum("price").addWindows(seconds(86_400)))
              .build(),
          named("decayed")
              .setDecayed(DecayedFeature.newBuilder().setSum("price").setHalfLife(seconds(60)))
              .build(),
          named("rate").setRate(RateFeature.getDefaultInstance()).build(),
          named("last").setLast(LastFeature.newBuilder().setField("properties.long")).build(),
          named("since").setTimeSince(TimeSinceFeature.getDefaultInstance()).build(),
          named("distinct")
              .setDistinct(DistinctFeature.newBuilder().setField("properties.long"))
              .build(),
          named("quantile")
              .setQuantile(QuantileFeature.newBuilder().setProperty("price").addQuantiles(0.5))
              .build(),
          named("affinity")
              .setAffinity(AffinityFeature.newBuilder().setField("properties.long"))
              .build(),
          named("seen").setSeen(SeenFeature.getDefaultInstance()).build(),
          named("same")
              .setSeen(SeenFeature.newBuilder().setForm(SeenForm.SEEN_FORM_SAME_CATEGORY))
              .build(),
          named("position").setSession(aspect(SessionAspect.SESSION_ASPECT_POSITION)).build(),
          named("entry").setSession(aspect(SessionAspect.SESSION_ASPECT_ENTRY)).build());

  private final SessionFold sessions = new SessionFold(SessionSettings.DEFAULT);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverIsSentEachFeatureStaysWithinItsBytes(long seed) {
    Random random = new Random(seed);
    FeatureFold features = new FeatureFold("front", EVERY_KIND, List.of("front"));
    Session session = fold(features, null, hostile(random, 0));

    for (int i = 1; i < 3_000; i++) {
      session = fold(features, session, hostile(random, i));
      for (FeatureState state : session.getFeatures().getSurfaces(0).getFeaturesList()) {
        FeatureConfig declared =
            EVERY_KIND.stream()
                .filter(each -> each.getName().equals(state.getName()))
                .findFirst()
                .orElseThrow();
        assertThat(state.getSerializedSize())
            .as("seed %d interaction %d feature %s", seed, i, state.getName())
            .isLessThanOrEqualTo(StateBounds.bytes(declared));
      }
    }

    assertThat(session.getFeatures().getSurfaces(0).getFeaturesList()).hasSize(EVERY_KIND.size());
  }

  /** Long texts of four-byte characters, numbers over the whole range, many items and users. */
  private static Interaction hostile(Random random, int index) {
    String wide = new String(Character.toChars(0x1F600)).repeat(200) + random.nextInt(500);
    return interaction("front", "type" + random.nextInt(5), START + index * 20_000L).toBuilder()
        .setInteractionId("i" + index)
        .setItemId("item" + random.nextInt(1_000))
        .setCategory("é".repeat(128))
        .setDecisionId("decision" + index)
        .addProperties(text("long", random.nextInt(1_000) + wide))
        .addProperties(
            number(
                "price",
                Math.exp(random.nextDouble() * 20.7 - 6.9) * (random.nextBoolean() ? 1 : -1)))
        .build();
  }

  @Test
  void onlyTheInteractionsSurfaceChanges() {
    List<String> declaring = List.of("front", "side");
    FeatureFold front = new FeatureFold("front", EVERY_KIND, declaring);
    FeatureFold side = new FeatureFold("side", EVERY_KIND, declaring);
    Session first = fold(front, null, interaction("front", "click", START));

    Session second = fold(side, first, interaction("side", "click", START + 1));

    assertThat(second.getFeatures().getSurfacesList())
        .extracting(SurfaceFeatureStates::getSurface)
        .containsExactly("front", "side");
    assertThat(second.getFeatures().getSurfaces(0)).isEqualTo(first.getFeatures().getSurfaces(0));
  }

  @Test
  void surfaceThatIsGoneIsDropped() {
    FeatureFold front = new FeatureFold("front", EVERY_KIND, List.of("front"));
    FeatureFold side = new FeatureFold("side", EVERY_KIND, List.of("side"));
    Session first = fold(front, null, interaction("front", "click", START));

    Session second = fold(side, first, interaction("side", "click", START + 1));

    assertThat(second.getFeatures().getSurfacesList())
        .extracting(SurfaceFeatureStates::getSurface)
        .containsExactly("side");
  }

  @Test
  void surfaceWithoutFeaturesLeavesTheSessionAsItIs() {
    FeatureFold none = new FeatureFold("front", List.of(), List.of());
    Interaction interaction = interaction("front", "click", START);
    Session session = sessions.fold(null, interaction).session();

    assertThat(none.fold(session, interaction)).isSameAs(session);
  }

  @Test
  void featureOfTheRequestKeepsNothing() {
    FeatureConfig local =
        named("local").setLocalTime(LocalTimeFeature.getDefaultInstance()).build();
    FeatureFold fold = new FeatureFold("front", List.of(local), List.of("front"));

    assertThat(fold(fold, null, interaction("front", "click", START)).hasFeatures()).isFalse();
    assertThat(StateBounds.bytes(local)).isZero();
  }

  @Test
  void interactionThatDoesNotCountChangesNothing() {
    InteractionFilter dear =
        InteractionFilter.newBuilder().addTypes("buy").setProperty("price").setAbove(10).build();
    FeatureConfig feature =
        named("dear").setTimeSince(TimeSinceFeature.newBuilder().setOf(dear)).build();
    FeatureFold fold = new FeatureFold("front", List.of(feature), List.of("front"));

    Session other = fold(fold, null, interaction("front", "view", START));
    Session cheap =
        fold(
            fold,
            other,
            interaction("front", "buy", START + 1).toBuilder()
                .addProperties(number("price", 10))
                .build());
    Session none = fold(fold, cheap, interaction("front", "buy", START + 2));
    Session counts =
        fold(
            fold,
            none,
            interaction("front", "buy", START + 3).toBuilder()
                .addProperties(number("price", 10.5))
                .build());

    assertThat(none.getFeatures().getSurfacesList()).isEmpty();
    assertThat(counts.getFeatures().getSurfaces(0).getFeatures(0).getTimeSince().getNewestMillis())
        .isEqualTo(START + 3);
  }

  @Test
  void itemsOfTwoSessionsThatTurnOutToBeOneAreCountedTogether() {
    FeatureConfig seen = named("seen").setSeen(SeenFeature.getDefaultInstance()).build();
    FeatureFold fold = new FeatureFold("front", List.of(seen), List.of("front"));
    Session session = fold(fold, null, item("a", START));
    session = fold(fold, session, item("b", START + MINUTE));
    session = fold(fold, session, item("a", START + 50 * MINUTE));
    assertThat(count(session, "a")).isEqualTo(1);
    assertThat(count(session, "b")).isZero();

    session = fold(fold, session, item("c", START + 25 * MINUTE));

    assertThat(session.getSessionCount()).isEqualTo(1);
    assertThat(count(session, "a")).isEqualTo(2);
    assertThat(count(session, "b")).isEqualTo(1);
    assertThat(count(session, "c")).isEqualTo(1);
  }

  @Test
  void entryIsTheFirstInteractionOfTheJoinedSession() {
    FeatureConfig entry =
        named("entry").setSession(aspect(SessionAspect.SESSION_ASPECT_ENTRY)).build();
    FeatureFold fold = new FeatureFold("front", List.of(entry), List.of("front"));
    Session session = fold(fold, null, interaction("front", "ad", START));
    session = fold(fold, session, interaction("front", "search", START + 50 * MINUTE));
    session = fold(fold, session, interaction("front", "click", START + 25 * MINUTE));

    assertThat(session.getFeatures().getSurfaces(0).getFeatures(0).getSession().getEntriesList())
        .singleElement()
        .satisfies(first -> assertThat(first.getType()).isEqualTo("ad"));
  }

  private static long count(Session session, String item) {
    return SeenItems.count(
        session.getFeatures().getSurfaces(0).getFeatures(0).getSeen(),
        Hashes.of(item),
        session.getStartedMillis());
  }

  private Session fold(FeatureFold features, @Nullable Session before, Interaction interaction) {
    return features.fold(sessions.fold(before, interaction).session(), interaction);
  }

  private static Interaction item(String item, long timeMillis) {
    return interaction("front", "view", timeMillis).toBuilder().setItemId(item).build();
  }

  private static Interaction interaction(String surface, String type, long timeMillis) {
    return Interaction.newBuilder()
        .setSurface(surface)
        .setUserId("u")
        .setType(type)
        .setItemId("x")
        .setEventTimeMillis(timeMillis)
        .build();
  }

  private static FeatureConfig.Builder named(String name) {
    return FeatureConfig.newBuilder().setName(name);
  }

  private static SessionFeature aspect(SessionAspect aspect) {
    return SessionFeature.newBuilder().setAspect(aspect).build();
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static Feature text(String name, String text) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(text))
        .build();
  }

  private static Feature number(String name, double number) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(number))
        .build();
  }
}
