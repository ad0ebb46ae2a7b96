package io.waggle.jobs.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.SessionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real shopping histories through the job's fold, at one and two subtasks, with a crash. */
class RecordedSessionsJobTest {
  private static final int MAX_PARALLELISM = 128;
  private static final Duration GAP = Duration.ofMinutes(30);

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "1,3", "2,1", "2,2", "2,3"})
  void subSessionsAreThoseOfTheReferenceWhateverTheOrderAlsoAfterACrash(int parallelism, long seed)
      throws Exception {
    Path folder = RecordedInteractions.folder();
    List<Interaction> arrivals =
        RecordedInteractions.shuffled(
            RecordedInteractions.read(folder, "quiet"), GAP.toMillis(), seed);
    int checkpoint = new Random(seed).nextInt(arrivals.size());
    int crash = Math.min(arrivals.size(), checkpoint + 50);

    List<Session> sessions = new ArrayList<>();
    List<OperatorSubtaskState> snapshots = new ArrayList<>();
    try (Subtasks before = new Subtasks(parallelism, null)) {
      before.send(arrivals.subList(0, checkpoint));
      sessions.addAll(before.sessions());
      snapshots.addAll(before.snapshots());
      // What comes after the checkpoint is lost with the crash and read again.
      before.send(arrivals.subList(checkpoint, crash));
    }
    try (Subtasks after = new Subtasks(parallelism, snapshots)) {
      after.send(arrivals.subList(checkpoint, arrivals.size()));
      sessions.addAll(after.sessions());
    }

    assertThat(cuts(sessions)).containsExactlyInAnyOrderElementsOf(expected(folder));
  }

  /** The last state of each session; joined ones take the place of both. */
  private static List<String> cuts(List<Session> sessions) {
    Map<String, List<String>> byUser = new HashMap<>();
    for (Session session : sessions) {
      List<String> cuts = byUser.computeIfAbsent(session.getUserId(), user -> new ArrayList<>());
      cuts.subList((int) session.getSessionCount() - 1, cuts.size()).clear();
      cuts.add(
          String.join(
              ",",
              session.getUserId(),
              Long.toString(session.getStartedMillis()),
              Long.toString(session.getLastMillis()),
              Long.toString(session.getLength()),
              Long.toString(session.getTypeCountsOrDefault("clicks", 0)),
              Long.toString(session.getTypeCountsOrDefault("carts", 0)),
              Long.toString(session.getTypeCountsOrDefault("orders", 0)),
              Integer.toString(session.getItemHashesCount())));
    }
    return byUser.values().stream().flatMap(List::stream).toList();
  }

  private static List<String> expected(Path folder) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("sub-sessions-30min.csv"));
    return lines.subList(1, lines.size());
  }

  /** The fold's subtasks, users spread over them as the job spreads them. */
  private static final class Subtasks implements AutoCloseable {
    private final List<
            KeyedTwoInputStreamOperatorTestHarness<String, Interaction, SessionEvent, RankTask>>
        harnesses = new ArrayList<>();

    Subtasks(int parallelism, @Nullable List<OperatorSubtaskState> snapshots) throws Exception {
      for (int i = 0; i < parallelism; i++) {
        var harness =
            new KeyedTwoInputStreamOperatorTestHarness<>(
                new KeyedCoProcessOperator<>(new SessionFunction(SessionFixture.surfaces())),
                Interaction::getUserId,
                SessionFixture::userId,
                Types.STRING,
                MAX_PARALLELISM,
                parallelism,
                i);
        harness.setStateBackend(new EmbeddedRocksDBStateBackend());
        harness.setup(
            ProtoTypeInformation.forMessage(RankTask.class)
                .createSerializer(new ExecutionConfig().getSerializerConfig()));
        if (snapshots != null) {
          harness.initializeState(snapshots.get(i));
        }
        harness.open();
        harnesses.add(harness);
      }
    }

    void send(List<Interaction> interactions) throws Exception {
      for (Interaction interaction : interactions) {
        int subtask =
            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                interaction.getUserId(), MAX_PARALLELISM, harnesses.size());
        harnesses.get(subtask).processElement1(interaction, interaction.getEventTimeMillis());
      }
    }

    List<Session> sessions() {
      List<Session> sessions = new ArrayList<>();
      for (var harness : harnesses) {
        var output = harness.getSideOutput(SessionFunction.SESSIONS);
        if (output != null) {
          output.stream().map(StreamRecord::getValue).forEach(sessions::add);
        }
      }
      return sessions;
    }

    List<OperatorSubtaskState> snapshots() throws Exception {
      List<OperatorSubtaskState> snapshots = new ArrayList<>();
      for (var harness : harnesses) {
        snapshots.add(harness.snapshot(1, 1));
      }
      return snapshots;
    }

    @Override
    public void close() throws Exception {
      for (var harness : harnesses) {
        harness.close();
      }
    }
  }
}
