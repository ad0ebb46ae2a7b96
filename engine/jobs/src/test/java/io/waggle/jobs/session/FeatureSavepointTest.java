package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.click;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureState;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceFeatureStates;
import io.waggle.v1.WindowTiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;

/**
 * Savepoints that earlier versions of the job wrote, restored for ever: one from before features
 * existed, and one of their first version. A declaration may change between the two runs in each of
 * the ways tested here.
 */
class FeatureSavepointTest {
  /** What the job of savepoint {@code session-features-1} declared; never to be changed. */
  private static final List<String> RECORDED =
      List.of(
          "- {name: clicks, window: {of: {types: [click]}, windows: [3600s, 86400s]}}",
          "- {name: last_items, last: {field: item_id}}",
          "- {name: tastes, affinity: {field: category}}",
          "- {name: items, distinct: {field: item_id}}",
          "- {name: price, quantile: {property: price, quantiles: [0.5]}}",
          "- {name: activity, decayed: {halfLife: 3600s}}",
          "- {name: rate, rate: {of: {types: [click]}, per: {types: [view]}, prior: 0.1}}",
          "- {name: since, timeSince: {of: {types: [click]}}}",
          "- {name: seen, seen: {}}",
          "- {name: position, session: {aspect: SESSION_ASPECT_POSITION}}",
          "- {name: entry, session: {aspect: SESSION_ASPECT_ENTRY}}");

  private static final int INTERACTIONS = 40;

  @Test
  void unchangedDeclarationGoesOn() throws Exception {
    Session session = next(RECORDED);

    assertThat(session.getVersion()).isEqualTo(INTERACTIONS / 2 + 1);
    assertThat(states(session)).hasSize(RECORDED.size());
    assertThat(clicksOfTheDay(session)).isEqualTo(INTERACTIONS / 4 + 1);
    assertThat(state(session, "items").getDistinct().getHashesCount())
        .isEqualTo(INTERACTIONS / 2 + 1);
    assertThat(sum(state(session, "price").getQuantile().getCountsList()))
        .isEqualTo(INTERACTIONS / 2 + 1);
    assertThat(state(session, "since").getTimeSince().getNewestMillis()).isEqualTo(nextMillis());
    assertThat(state(session, "seen").getSeen().getHashesCount()).isEqualTo(INTERACTIONS / 2 + 1);
    assertThat(state(session, "entry").getSession().getEntries(0).getTimeMillis()).isEqualTo(START);
    assertThat(state(session, "position").getSession().getRankings().getHashesCount())
        .isEqualTo(INTERACTIONS / 2);
  }

  @Test
  void addedFeatureStartsEmpty() throws Exception {
    Session session = next(with(RECORDED, "- {name: views, decayed: {halfLife: 60s}}"));

    assertThat(state(session, "views").getDecayed().getValue()).isEqualTo(1);
    assertThat(clicksOfTheDay(session)).isEqualTo(INTERACTIONS / 4 + 1);
  }

  @Test
  void removedFeatureGoesWithTheUsersNextInteraction() throws Exception {
    Session session = next(RECORDED.subList(1, RECORDED.size()));

    assertThat(states(session)).extracting(FeatureState::getName).doesNotContain("clicks");
    assertThat(states(session)).hasSize(RECORDED.size() - 1);
  }

  @Test
  void newVersionStartsAnew() throws Exception {
    Session session =
        next(
            replaced(
                "clicks",
                "- {name: clicks, version: 2, window: {of: {types: [click]}, windows: [3600s,"
                    + " 86400s]}}"));

    assertThat(state(session, "clicks").getVersion()).isEqualTo(2);
    assertThat(clicksOfTheDay(session)).isEqualTo(1);
  }

  @Test
  void otherKindStartsAnew() throws Exception {
    Session session = next(replaced("clicks", "- {name: clicks, decayed: {halfLife: 60s}}"));

    assertThat(state(session, "clicks").hasWindow()).isFalse();
    assertThat(state(session, "clicks").getDecayed().getValue()).isEqualTo(1);
  }

  @Test
  void narrowerBoundCutsTheListToTheNewest() throws Exception {
    Session session =
        next(replaced("last_items", "- {name: last_items, last: {field: item_id, most: 2}}"));

    assertThat(state(session, "last_items").getLast().getValuesList())
        .extracting(value -> value.getText())
        .containsExactly("next", "item38");
  }

  @Test
  void narrowerBoundCutsAlsoWhenTheInteractionDoesNotCount() throws Exception {
    Session session =
        next(
            replaced(
                "last_items",
                "- {name: last_items, last: {of: {types: [share]}, field: item_id, most: 2}}"));

    assertThat(state(session, "last_items").getLast().getValuesList())
        .extracting(value -> value.getText())
        .containsExactly("item38", "item36");
  }

  @Test
  void narrowerBoundCutsTastesToTheStrongest() throws Exception {
    Session session =
        next(replaced("tastes", "- {name: tastes, affinity: {field: category, most: 2}}"));

    assertThat(state(session, "tastes").getAffinity().getValuesList())
        .extracting(value -> value.getValue())
        .containsExactly("category3", "news");
  }

  @Test
  void widerBoundKeepsWhatIsThere() throws Exception {
    Session session =
        next(replaced("last_items", "- {name: last_items, last: {field: item_id, most: 50}}"));

    assertThat(state(session, "last_items").getLast().getValuesList()).hasSize(6);
  }

  @Test
  void otherWindowsKeepTheOneThatStays() throws Exception {
    Session session =
        next(
            replaced(
                "clicks",
                "- {name: clicks, window: {of: {types: [click]}, windows: [86400s, 172800s]}}"));

    List<WindowTiles> windows = state(session, "clicks").getWindow().getWindowsList();
    assertThat(windows)
        .extracting(WindowTiles::getWindowMillis)
        .containsExactly(86_400_000L, 172_800_000L);
    assertThat(sum(windows.get(0).getCountsList())).isEqualTo(INTERACTIONS / 4 + 1);
    assertThat(sum(windows.get(1).getCountsList())).isEqualTo(1);
  }

  @Test
  void sumsInPlaceOfCountsStartAnew() throws Exception {
    Session session =
        next(replaced("clicks", "- {name: clicks, window: {sum: price, windows: [86400s]}}"));

    WindowTiles tiles = state(session, "clicks").getWindow().getWindows(0);
    assertThat(tiles.getSumsList()).containsExactly(99.0);
    assertThat(tiles.getCountsList()).isEmpty();
  }

  @Test
  void otherHalfLifeGoesOnWithWhatWasCounted() throws Exception {
    double before = state(next(RECORDED), "activity").getDecayed().getValue();

    Session session = next(replaced("activity", "- {name: activity, decayed: {halfLife: 86400s}}"));

    assertThat(before).isGreaterThan(10);
    assertThat(state(session, "activity").getDecayed().getValue())
        .isBetween(before, INTERACTIONS / 2 + 1.0);
  }

  @Test
  void otherFilterGoesOnWithWhatWasCounted() throws Exception {
    Session session =
        next(
            replaced(
                "clicks",
                "- {name: clicks, window: {of: {types: [share]}, windows: [3600s, 86400s]}}"));

    assertThat(clicksOfTheDay(session)).isEqualTo(INTERACTIONS / 4);
  }

  @Test
  void otherFieldGoesOnWithWhatWasCounted() throws Exception {
    Session session = next(replaced("items", "- {name: items, distinct: {field: category}}"));

    assertThat(state(session, "items").getDistinct().getHashesCount())
        .isEqualTo(INTERACTIONS / 2 + 1);
  }

  @Test
  void surfaceThatDeclaresNothingAnyMoreKeepsNothing() throws Exception {
    Session session = next(List.of());

    assertThat(session.getFeatures().getSurfacesList()).isEmpty();
    assertThat(session.getVersion()).isEqualTo(INTERACTIONS / 2 + 1);
  }

  @Test
  void sessionFromBeforeFeaturesExistedGoesOnAndStartsThemEmpty() throws Exception {
    try (SessionHarness harness =
        new SessionHarness(surfaces(RECORDED), savepoint("session-before-features"))) {
      harness.interaction(click("front", "u0", "next", START + 20 * 60_000));

      assertThat(harness.newest().getVersion()).isEqualTo(11);
      assertThat(harness.newest().getLength()).isEqualTo(11);
      assertThat(clicksOfTheDay(harness.newest())).isEqualTo(1);
      // The other user's session counts once it changes.
      assertThat(harness.function().stateBytes().users()).isEqualTo(1);
      assertThat(harness.function().stateBytes().bytes())
          .isEqualTo(harness.newest().getSerializedSize());
    }
  }

  @Test
  void bytesOfTheStateAreRestoredAndFollowTheDeclaration() throws Exception {
    try (SessionHarness harness =
        new SessionHarness(
            surfaces(RECORDED.subList(1, RECORDED.size())), savepoint("session-features-1"))) {
      StateBytes bytes = harness.function().stateBytes();
      assertThat(bytes.users()).isEqualTo(2);
      assertThat(bytes.users("front", "clicks")).isEqualTo(2);
      long before = bytes.bytes("front", "clicks");

      harness.interaction(interaction(INTERACTIONS));

      assertThat(bytes.users()).isEqualTo(2);
      assertThat(bytes.users("front", "clicks")).isEqualTo(1);
      assertThat(bytes.bytes("front", "clicks")).isPositive().isLessThan(before);
    }
  }

  /** The session of user u0 after one more click, the recorded job's savepoint restored. */
  private static Session next(List<String> features) throws Exception {
    try (SessionHarness harness =
        new SessionHarness(surfaces(features), savepoint("session-features-1"))) {
      harness.interaction(
          interaction(INTERACTIONS).toBuilder().setItemId("next").clearDecisionId().build());
      return harness.newest();
    }
  }

  private static Surfaces surfaces(List<String> features) {
    return FeaturesFixture.surfaces(String.join("\n", features));
  }

  private static List<String> with(List<String> features, String more) {
    return Stream.concat(features.stream(), Stream.of(more)).toList();
  }

  private static List<String> replaced(String name, String by) {
    return RECORDED.stream()
        .map(feature -> feature.startsWith("- {name: " + name + ",") ? by : feature)
        .toList();
  }

  private static FeatureState state(Session session, String name) {
    return states(session).stream()
        .filter(state -> state.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<FeatureState> states(Session session) {
    assertThat(session.getFeatures().getSurfacesList())
        .extracting(SurfaceFeatureStates::getSurface)
        .containsExactly("front");
    return session.getFeatures().getSurfaces(0).getFeaturesList();
  }

  private static long clicksOfTheDay(Session session) {
    return sum(state(session, "clicks").getWindow().getWindows(1).getCountsList());
  }

  private static long sum(List<Long> counts) {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  private static long nextMillis() {
    return START + INTERACTIONS * 60_000L;
  }

  /** Users u0 and u1 in turn; every second interaction of each is a click. */
  private static Interaction interaction(int index) {
    return click("front", "u" + index % 2, "i" + index, START + index * 60_000L).toBuilder()
        .setType(index % 4 < 2 ? "click" : "view")
        .setItemId("item" + index)
        .setCategory(index % 8 < 4 ? "news" : "category" + index % 5)
        .setDecisionId("decision" + index)
        .addProperties(
            Feature.newBuilder()
                .setName("price")
                .setValue(
                    FeatureValue.newBuilder().setNumber(index == INTERACTIONS ? 99 : index + 1)))
        .build();
  }

  private static OperatorSubtaskState savepoint(String name) throws Exception {
    Path path =
        Path.of(
            Objects.requireNonNull(
                    FeatureSavepointTest.class.getResource("/savepoints/" + name), name)
                .toURI());
    return OperatorSnapshotUtil.readStateHandle(path.toString());
  }

  /**
   * Writes the savepoint of the first version to the path given. Run once; a later layout of the
   * state gets a file of its own beside it.
   */
  public static void main(String[] arguments) throws Exception {
    try (SessionHarness harness = new SessionHarness(surfaces(RECORDED), null)) {
      for (int i = 0; i < INTERACTIONS; i++) {
        harness.interaction(interaction(i));
      }
      OperatorSnapshotUtil.writeStateHandle(harness.snapshot(), arguments[0]);
    }
  }
}
