package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.DAY;
import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.click;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceFeatureStates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The counts of bytes equal the sizes of the users' sessions, at every moment. */
class StateBytesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bytesAreTheSizesOfTheUsersStateAlsoAfterARestart(long seed) throws Exception {
    List<Interaction> history = history(seed);
    OperatorSubtaskState snapshot;
    Map<String, Session> sessions = new HashMap<>();
    try (SessionHarness before =
        new SessionHarness(FeaturesFixture.surfaces(FeaturesFixture.FEATURES), null)) {
      feed(before, history.subList(0, 100), sessions);
      requireEqual(before.function().stateBytes(), sessions);
      snapshot = before.snapshot();
    }

    try (SessionHarness after =
        new SessionHarness(FeaturesFixture.surfaces(FeaturesFixture.FEATURES), snapshot)) {
      requireEqual(after.function().stateBytes(), sessions);
      feed(after, history.subList(100, 200), sessions);
      requireEqual(after.function().stateBytes(), sessions);
    }
  }

  @Test
  void forgottenUserHasNoBytes() throws Exception {
    try (SessionHarness harness =
        new SessionHarness(FeaturesFixture.surfaces(FeaturesFixture.FEATURES), null)) {
      harness.interaction(click("front", "u", "i1", START));
      assertThat(harness.function().stateBytes().users()).isEqualTo(1);

      harness.watermark(START + 101 * DAY);

      StateBytes bytes = harness.function().stateBytes();
      assertThat(bytes.users()).isZero();
      assertThat(bytes.bytes()).isZero();
      assertThat(bytes.users("front", "clicks")).isZero();
      assertThat(bytes.bytes("front", "clicks")).isZero();
    }
  }

  private static List<Interaction> history(long seed) {
    Random random = new Random(seed);
    List<Interaction> history = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      history.add(
          click(
              random.nextInt(4) == 0 ? "quiet" : "front",
              "u" + random.nextInt(5),
              "i" + i,
              START + i * 600_000L));
    }
    return history;
  }

  private static void feed(
      SessionHarness harness, List<Interaction> history, Map<String, Session> sessions)
      throws Exception {
    for (Interaction interaction : history) {
      harness.interaction(interaction);
      sessions.put(interaction.getUserId(), harness.newest());
    }
  }

  private static void requireEqual(StateBytes bytes, Map<String, Session> sessions) {
    assertThat(bytes.users()).isEqualTo(sessions.size());
    assertThat(bytes.bytes())
        .isEqualTo(sessions.values().stream().mapToLong(Session::getSerializedSize).sum());
    Map<String, Long> byFeature = new HashMap<>();
    for (Session session : sessions.values()) {
      for (SurfaceFeatureStates surface : session.getFeatures().getSurfacesList()) {
        for (FeatureState state : surface.getFeaturesList()) {
          byFeature.merge(state.getName(), (long) state.getSerializedSize(), Long::sum);
        }
      }
    }
    assertThat(byFeature).hasSizeGreaterThan(10);
    byFeature.forEach(
        (name, size) -> assertThat(bytes.bytes("front", name)).as(name).isEqualTo(size));
  }
}
