package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.DAY;
import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.click;
import static io.waggle.jobs.session.SessionFixture.request;
import static io.waggle.jobs.session.SessionFixture.signal;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.SessionEvent;
import io.waggle.v1.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionFunctionTest {
  @Test
  void interactionIsFoldedAndTheCatalogueRankedForItsUser() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("front", "u", "i1", START));

      Session session = harness.sessions().get(0);
      assertThat(session.getVersion()).isEqualTo(1);
      assertThat(session.getUserId()).isEqualTo("u");
      RankTask task = harness.tasks().get(0);
      assertThat(task.getSession()).isEqualTo(session);
      assertThat(task.getInteractionId()).isEqualTo("i1");
      assertThat(task.getTimeMillis()).isEqualTo(START);
      assertThat(task.getRequest().getSurface()).isEqualTo("front");
      assertThat(task.getRequest().getUserId()).isEqualTo("u");
      assertThat(task.getRequest().getActionsList()).isEmpty();
      assertThat(task.getRequest().getDeferred()).isTrue();
    }
  }

  @Test
  void surfaceThatDoesNotPushOnlyFolds() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("quiet", "u", "i1", START));

      assertThat(harness.sessions()).hasSize(1);
      assertThat(harness.tasks()).isEmpty();
    }
  }

  @Test
  void requestIsRankedWithTheUsersSessionAndItsOwnTime() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("quiet", "u", "i1", START));
      harness.request(request("front", "u", "d1"), START + 500);
      harness.request(request("front", "stranger", "d2"), START + 600);

      assertThat(harness.tasks())
          .containsExactly(
              RankTask.newBuilder()
                  .setSession(harness.sessions().get(0))
                  .setRequest(request("front", "u", "d1"))
                  .setTimeMillis(START + 500)
                  .build(),
              RankTask.newBuilder()
                  .setRequest(request("front", "stranger", "d2"))
                  .setTimeMillis(START + 600)
                  .build());
      assertThat(harness.keyedStateEntries()).isEqualTo(1);
    }
  }

  @Test
  void duplicateAndLateInteractionsAreCountedAndSayNothing() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("front", "u", "i1", START));
      harness.interaction(click("front", "u", "i1", START));
      harness.interaction(click("front", "u", "old", START - DAY));

      assertThat(harness.sessions()).hasSize(1);
      assertThat(harness.tasks()).hasSize(1);
      assertThat(harness.count(SessionFunction.RECEIVED)).isEqualTo(3);
      assertThat(harness.count(SessionFunction.FOLDED)).isEqualTo(1);
      assertThat(harness.count(SessionFunction.DUPLICATE)).isEqualTo(1);
      assertThat(harness.count(SessionFunction.LATE)).isEqualTo(1);
    }
  }

  @Test
  void userNotSeenForTheTimeToLiveIsForgottenAndSaidToBe() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("quiet", "u", "i1", START));

      harness.watermark(START + 10 * DAY);

      assertThat(harness.sessions().get(1)).isEqualTo(Session.newBuilder().setUserId("u").build());
      assertThat(harness.keyedStateEntries()).isZero();
      assertThat(harness.timers()).isZero();
    }
  }

  @Test
  void signalIsPartOfTheSessionAtOnceAndRanksAgain() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("front", "u", "i1", START));
      harness.signal(signal("front", "u", "hesitation", START));
      harness.signal(signal("quiet", "u", "bounce", START + 60_000));

      Session session = harness.sessions().get(2);
      assertThat(session.getVersion()).isEqualTo(3);
      assertThat(session.getLength()).isEqualTo(1);
      assertThat(session.getSignals().getFoundMap().keySet())
          .containsExactlyInAnyOrder("front/hesitation", "quiet/bounce");
      assertThat(harness.tasks()).hasSize(2);
      RankTask task = harness.tasks().get(1);
      assertThat(task.getSession()).isEqualTo(harness.sessions().get(1));
      assertThat(task.getInteractionId()).isEqualTo("hesitation-" + START);
      assertThat(task.getRequest().getDeferred()).isTrue();
      assertThat(task.getRequest().getDecisionId())
          .isNotEqualTo(harness.tasks().get(0).getRequest().getDecisionId());
      assertThat(harness.count(SessionFunction.SIGNALS)).isEqualTo(1);
    }
  }

  @Test
  void signalMayOvertakeItsInteractions() throws Exception {
    try (Harness overtaken = new Harness(null);
        Harness inOrder = new Harness(null)) {
      overtaken.signal(signal("front", "u", "hesitation", START));
      assertThat(overtaken.sessions()).isEmpty();
      assertThat(overtaken.tasks()).isEmpty();
      overtaken.interaction(click("front", "u", "i1", START));

      inOrder.interaction(click("front", "u", "i1", START));
      inOrder.signal(signal("front", "u", "hesitation", START));

      assertThat(overtaken.sessions()).containsExactly(inOrder.sessions().get(1));
      // The decision of an interaction is the same wherever its signals came.
      assertThat(overtaken.tasks().get(0).getRequest().getDecisionId())
          .isEqualTo(inOrder.tasks().get(0).getRequest().getDecisionId());
    }
  }

  @Test
  void signalOfAForgottenUserIsForgottenToo() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.signal(signal("quiet", "u", "bounce", START));
      assertThat(harness.timers()).isEqualTo(1);

      harness.watermark(START + 10 * DAY);

      assertThat(harness.keyedStateEntries()).isZero();
      assertThat(harness.timers()).isZero();
    }
  }

  @Test
  void drainingTheJobForgetsNobody() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("quiet", "u", "i1", START));

      harness.watermark(Long.MAX_VALUE);

      assertThat(harness.sessions()).hasSize(1);
      assertThat(harness.keyedStateEntries()).isEqualTo(1);
    }
  }

  @Test
  void userSeenAgainIsRememberedFromThenOn() throws Exception {
    try (Harness harness = new Harness(null)) {
      harness.interaction(click("quiet", "u", "i1", START));
      harness.interaction(click("quiet", "u", "i2", START + 9 * DAY));

      harness.watermark(START + 10 * DAY);
      assertThat(harness.sessions()).hasSize(2);
      assertThat(harness.timers()).isEqualTo(1);

      harness.watermark(START + 19 * DAY - 1);
      assertThat(harness.sessions()).hasSize(2);

      harness.watermark(START + 19 * DAY);
      assertThat(harness.sessions()).hasSize(3);
      assertThat(harness.keyedStateEntries()).isZero();
    }
  }

  @Test
  void oneTimerPerUserHoweverManyInteractions() throws Exception {
    try (Harness harness = new Harness(null)) {
      for (int i = 0; i < 50; i++) {
        harness.interaction(click("quiet", "u" + i % 2, "i" + i, START + i));
      }

      assertThat(harness.timers()).isEqualTo(2);
    }
  }

  @Test
  void decisionIdsOfPushedRankingsAreStableAndDistinct() {
    Session first = Session.newBuilder().setUserId("u").setVersion(1).build();
    Session second = Session.newBuilder().setUserId("u").setVersion(2).build();
    Interaction interaction = click("front", "u", "i1", START);

    String id = PushedRanking.decisionId(first, interaction);

    // Recorded: the join knows a repeat after an upgrade by it.
    assertThat(id).isEqualTo("push-08fc519fdf45a74103b5622dd9e5e3a6");
    assertThat(PushedRanking.decisionId(second, interaction)).isNotEqualTo(id);
    assertThat(PushedRanking.decisionId(first, click("front", "u", "i2", START))).isNotEqualTo(id);
    assertThat(PushedRanking.decisionId(first, click("quiet", "u", "i1", START))).isNotEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void restartAtAnyPointChangesNothing(long seed) throws Exception {
    List<Interaction> history = history(seed);
    int cut = new Random(seed).nextInt(history.size());
    List<Session> undisturbedSessions;
    List<RankTask> undisturbedTasks;
    List<Long> undisturbedCounts;
    try (Harness harness = new Harness(null)) {
      for (Interaction interaction : history) {
        harness.interaction(interaction);
      }
      undisturbedSessions = harness.sessions();
      undisturbedTasks = harness.tasks();
      undisturbedCounts = harness.counts();
    }

    List<Session> sessions = new ArrayList<>();
    List<RankTask> tasks = new ArrayList<>();
    OperatorSubtaskState snapshot;
    try (Harness before = new Harness(null)) {
      for (Interaction interaction : history.subList(0, cut)) {
        before.interaction(interaction);
      }
      snapshot = before.snapshot();
      sessions.addAll(before.sessions());
      tasks.addAll(before.tasks());
    }
    try (Harness after = new Harness(snapshot)) {
      for (Interaction interaction : history.subList(cut, history.size())) {
        after.interaction(interaction);
      }
      sessions.addAll(after.sessions());
      tasks.addAll(after.tasks());

      assertThat(sessions).as("seed %d cut %d", seed, cut).isEqualTo(undisturbedSessions);
      assertThat(tasks).isEqualTo(undisturbedTasks);
      assertThat(after.counts()).isEqualTo(undisturbedCounts);
    }
  }

  private static List<Interaction> history(long seed) {
    Random random = new Random(seed);
    List<Interaction> history = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (i > 0 && random.nextInt(10) == 0) {
        history.add(history.get(random.nextInt(i)));
        continue;
      }
      long jitterMillis = random.nextInt(10) == 0 ? random.nextInt(5_000_000) : 0;
      history.add(
          click(
              random.nextBoolean() ? "front" : "quiet",
              "u" + random.nextInt(5),
              "i" + i,
              START + i * 60_000L - jitterMillis));
    }
    return history;
  }

  /** The operator on RocksDB, as in the job. */
  private static final class Harness implements AutoCloseable {
    private final SessionFunction function = new SessionFunction(SessionFixture.surfaces());
    private final KeyedCoProcessOperator<String, Interaction, SessionEvent, RankTask> operator =
        new KeyedCoProcessOperator<>(function);
    private final KeyedTwoInputStreamOperatorTestHarness<
            String, Interaction, SessionEvent, RankTask>
        harness;

    Harness(@Nullable OperatorSubtaskState snapshot) throws Exception {
      harness =
          new KeyedTwoInputStreamOperatorTestHarness<>(
              operator, Interaction::getUserId, SessionFixture::userId, Types.STRING);
      harness.setStateBackend(new EmbeddedRocksDBStateBackend());
      harness.setup(
          ProtoTypeInformation.forMessage(RankTask.class)
              .createSerializer(new ExecutionConfig().getSerializerConfig()));
      if (snapshot != null) {
        harness.initializeState(snapshot);
      }
      harness.open();
    }

    void interaction(Interaction interaction) throws Exception {
      harness.processElement1(interaction, interaction.getEventTimeMillis());
    }

    void request(RankRequest request, long timeMillis) throws Exception {
      harness.processElement2(SessionEvent.newBuilder().setRequest(request).build(), timeMillis);
    }

    void signal(Signal signal) throws Exception {
      harness.processElement2(
          SessionEvent.newBuilder().setSignal(signal).build(), signal.getEndedMillis());
    }

    void watermark(long timeMillis) throws Exception {
      harness.processBothWatermarks(new Watermark(timeMillis));
    }

    List<RankTask> tasks() {
      return List.copyOf(harness.extractOutputValues());
    }

    List<Session> sessions() {
      var output = harness.getSideOutput(SessionFunction.SESSIONS);
      return output == null ? List.of() : output.stream().map(StreamRecord::getValue).toList();
    }

    long count(String name) {
      return function.count("front", name);
    }

    List<Long> counts() {
      List<Long> counts = new ArrayList<>();
      for (String surface : List.of("front", "quiet")) {
        for (String name :
            List.of(
                SessionFunction.RECEIVED,
                SessionFunction.FOLDED,
                SessionFunction.DUPLICATE,
                SessionFunction.LATE)) {
          counts.add(function.count(surface, name));
        }
      }
      return counts;
    }

    long keyedStateEntries() {
      try (Stream<String> users =
          operator
              .<String>getKeyedStateBackend()
              .getKeys(SessionNames.SESSION_STATE, VoidNamespace.INSTANCE)) {
        return users.count();
      }
    }

    int timers() {
      return harness.numEventTimeTimers();
    }

    OperatorSubtaskState snapshot() throws Exception {
      return harness.snapshot(1, 1);
    }

    @Override
    public void close() throws Exception {
      harness.close();
    }
  }
}
