package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.click;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Duration;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PushConfig;
import io.waggle.v1.RankTask;
import io.waggle.v1.RankUpdate;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.WatchRankingsResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is pushed, on a surface whose baseline policy keeps the catalogue's order. */
class PushedRankingsTest {
  private static final long DAY = 86_400_000;

  @Test
  void anOrderThatHasNotChangedIsNotPushedAgain() throws Exception {
    try (Harness harness = new Harness(surface -> surface, null)) {
      harness.interact("u", "x");
      harness.interact("u", "y");
      harness.interact("other", "x");

      assertThat(harness.users()).containsExactly("u", "other");
      assertThat(harness.decisions()).hasSize(2);
      assertThat(harness.count(RankFunction.MADE)).isEqualTo(3);
      assertThat(harness.count(RankFunction.PUSHED)).isEqualTo(2);
      assertThat(harness.count(RankFunction.UNCHANGED)).isEqualTo(1);
      assertThat(harness.count(RankFunction.LOGGED)).isEqualTo(2);
    }
  }

  @Test
  void whatTheUserDoesMayChangeTheOrder() throws Exception {
    try (Harness harness = new Harness(surface -> surface.addConstraints(seen()), null)) {
      harness.interact("u", "x");
      harness.interact("u", "a");
      harness.interact("u", "a");

      assertThat(harness.users()).hasSize(2);
      assertThat(harness.last().getRanking().getRankingList())
          .extracting("actionId")
          .containsExactlyInAnyOrder("b", "c");
    }
  }

  @Test
  void whetherARankingIsPushedDoesNotDependOnItsDraw() throws Exception {
    int users = 2_000;
    Map<String, Integer> first = new HashMap<>();
    try (Harness harness =
        new Harness(surface -> surface.setExplorationFloor(0.6).addConstraints(seen()), null)) {
      for (int user = 0; user < users; user++) {
        harness.interact("u" + user, "x");
        harness.interact("u" + user, "y");
        harness.interact("u" + user, "z");
        harness.interact("u" + user, "a");
      }

      assertThat(harness.decisions()).hasSize(2 * users);
      for (Decision decision : harness.decisions()) {
        first.merge(decision.getActions(decision.getOrder(0)).getId(), 1, Integer::sum);
        assertThat(decision.getPropensity())
            .isCloseTo(
                decision.getOrder(0) == 0
                    ? 1 - 0.6 + 0.6 / decision.getActionsCount()
                    : 0.6 / decision.getActionsCount(),
                within(1e-9));
      }
    }
    // Of three a 0.6, b 0.2, c 0.2; of two b 0.7, c 0.3. Four standard deviations are 0.045.
    assertThat(share(first, "a", users)).isCloseTo(0.6, within(0.045));
    assertThat(share(first, "b", users)).isCloseTo(0.2 + 0.7, within(0.055));
    assertThat(share(first, "c", users)).isCloseTo(0.2 + 0.3, within(0.055));
  }

  private static double share(Map<String, Integer> counts, String id, int of) {
    return counts.getOrDefault(id, 0) / (double) of;
  }

  @Test
  void aChangeBehindTheFirstPlacesIsNone() throws Exception {
    PushConfig push = push().setFirst(1).build();
    try (Harness harness =
        new Harness(surface -> surface.setPush(push).addConstraints(seen()), null)) {
      harness.interact("u", "x");
      harness.interact("u", "c");
      harness.interact("u", "a");

      assertThat(harness.users()).hasSize(2);
    }
  }

  @Test
  void anOldOrderIsPushedAgain() throws Exception {
    PushConfig push = push().setRepeatAfter(Duration.newBuilder().setSeconds(3600)).build();
    try (Harness harness = new Harness(surface -> surface.setPush(push), null)) {
      harness.interact("u", "x");
      harness.at(3_599_999);
      harness.interact("u", "y");
      harness.at(3_600_000);
      harness.interact("u", "z");

      assertThat(harness.users()).hasSize(2);
    }
  }

  @Test
  void whatWasPushedLastIsForgottenInTime() throws Exception {
    try (Harness harness = new Harness(surface -> surface, null)) {
      harness.interact("u", "x");
      assertThat(harness.keysKept()).isEqualTo(1);
      harness.at(DAY);
      harness.interact("u", "y");

      assertThat(harness.users()).hasSize(2);
    }
  }

  @Test
  void pinsBehindTheFirstPlaceArePushedAtTheirPlaces() throws Exception {
    ConstraintConfig pin =
        ConstraintConfig.newBuilder()
            .setName("pin")
            .setPin(PinConstraint.newBuilder().setItem("a").setPlace(2))
            .build();
    try (Harness harness = new Harness(surface -> surface.addConstraints(pin), null)) {
      harness.interact("u", "x");

      assertThat(harness.last().getRanking().getRanking(1).getActionId()).isEqualTo("a");
    }
  }

  @Test
  void afterACrashTheCountsAndWhatIsPushedAreAsWithoutIt() throws Exception {
    List<String> items = List.of("x", "a", "y", "b", "z", "w");
    List<Decision> without;
    Map<String, Long> counts;
    try (Harness harness = new Harness(surface -> surface.addConstraints(seen()), null)) {
      for (String item : items) {
        harness.interact("u", item);
      }
      without = harness.decisions();
      assertThat(harness.count(RankFunction.MADE))
          .isEqualTo(harness.count(RankFunction.PUSHED) + harness.count(RankFunction.UNCHANGED));
      counts = harness.counts();
    }

    for (int crash = 1; crash < items.size(); crash++) {
      OperatorSubtaskState snapshot;
      List<Decision> with = new ArrayList<>();
      Map<String, Session> sessions;
      try (Harness harness = new Harness(surface -> surface.addConstraints(seen()), null)) {
        for (String item : items.subList(0, crash)) {
          harness.interact("u", item);
        }
        with.addAll(harness.decisions());
        sessions = new HashMap<>(harness.sessions);
        snapshot = harness.snapshot();
        // Lost with the crash, and done again.
        harness.interact("u", items.get(crash));
      }
      try (Harness harness = new Harness(surface -> surface.addConstraints(seen()), snapshot)) {
        harness.sessions.putAll(sessions);
        for (String item : items.subList(crash, items.size())) {
          harness.interact("u", item);
        }
        with.addAll(harness.decisions());

        assertThat(with).as("crash after %d", crash).isEqualTo(without);
        assertThat(harness.counts()).isEqualTo(counts);
      }
    }
  }

  private static ConstraintConfig seen() {
    return ConstraintConfig.newBuilder()
        .setName("seen")
        .setSeen(SeenConstraint.getDefaultInstance())
        .build();
  }

  private static PushConfig.Builder push() {
    return PushConfig.newBuilder().setEnabled(true).setLogDecisions(true);
  }

  /** The ranker, with sessions folded beside it. */
  private static final class Harness implements AutoCloseable {
    private final RankFunction function;
    private final KeyedTwoInputStreamOperatorTestHarness<
            String, RankTask, RankUpdate, WatchRankingsResponse>
        harness;
    private final SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
    private final Map<String, Session> sessions = new HashMap<>();

    Harness(UnaryOperator<SurfaceConfig.Builder> change, @Nullable OperatorSubtaskState snapshot)
        throws Exception {
      SurfaceConfig.Builder config =
          SurfaceConfig.newBuilder()
              .setName("front")
              .addPolicies(
                  PolicyConfig.newBuilder()
                      .setName("baseline")
                      .setBaseline(BaselinePolicy.getDefaultInstance()))
              .setLivePolicy("baseline")
              .setReward(RewardConfig.getDefaultInstance())
              .setPush(push())
              .addCatalogue(SessionFixture.action("a"))
              .addCatalogue(SessionFixture.action("b"))
              .addCatalogue(SessionFixture.action("c"));
      function = new RankFunction(new Surfaces(List.of(Surface.of(change.apply(config).build()))));
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              new CoBroadcastWithKeyedOperator<>(
                  function, List.of(RankFunction.MODEL_PARTS, RankFunction.CONTROL)),
              task -> task.getRequest().getUserId(),
              null,
              Types.STRING);
      harness.setup(
          ProtoTypeInformation.forMessage(WatchRankingsResponse.class)
              .createSerializer(new ExecutionConfig().getSerializerConfig()));
      if (snapshot != null) {
        harness.initializeState(snapshot);
      }
      harness.open();
      at(0);
    }

    void at(long millis) throws Exception {
      harness.setProcessingTime(START + millis);
      harness.setStateTtlProcessingTime(START + millis);
    }

    void interact(String user, String item) throws Exception {
      Session before = sessions.get(user);
      long version = before == null ? 0 : before.getVersion();
      Interaction interaction =
          click("front", user, user + version, START + version).toBuilder().setItemId(item).build();
      Session session = fold.fold(before, interaction).session();
      sessions.put(user, session);
      RankTask task = PushedRanking.of(session, interaction);
      harness.processElement1(task, task.getTimeMillis());
    }

    List<String> users() {
      return harness.extractOutputValues().stream().map(WatchRankingsResponse::getUserId).toList();
    }

    WatchRankingsResponse last() {
      List<WatchRankingsResponse> pushed = harness.extractOutputValues();
      return pushed.get(pushed.size() - 1);
    }

    List<Decision> decisions() {
      var output = harness.getSideOutput(RankFunction.DECISIONS);
      return output == null ? List.of() : output.stream().map(StreamRecord::getValue).toList();
    }

    long count(String name) {
      return function.count("front", name);
    }

    Map<String, Long> counts() {
      Map<String, Long> counts = new HashMap<>();
      for (String name :
          List.of(
              RankFunction.MADE,
              RankFunction.PUSHED,
              RankFunction.UNCHANGED,
              RankFunction.LOGGED)) {
        counts.put(name, count(name));
      }
      return counts;
    }

    int keysKept() {
      return harness.numKeyedStateEntries();
    }

    OperatorSubtaskState snapshot() throws Exception {
      return Objects.requireNonNull(harness.snapshot(1, 1));
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
