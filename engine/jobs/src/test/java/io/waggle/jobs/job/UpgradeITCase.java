package io.waggle.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.learn.SavedPolicies;
import io.waggle.v1.PolicyState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both jobs restored from the savepoint of every version that is kept, and from one of just now: at
 * two subtasks, stopped again, and from there at one. All savepoints were taken at one.
 */
@Timeout(120)
class UpgradeITCase {
  private static final String NOW = "of just now";

  @TempDir static Path directory;
  private static SavepointCluster cluster;

  @TempDir private Path savepoints;

  @BeforeAll
  static void start() throws Exception {
    cluster = new SavepointCluster(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  static List<String> versions() throws IOException {
    return Stream.concat(KeptSavepoints.versions().stream(), Stream.of(NOW)).toList();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void sessionsAndSignalsAreThoseOfAJobThatWasNeverStopped(String version) throws Exception {
    SessionScenario undisturbed = new SessionScenario();
    run(undisturbed::defineAll, null);
    Path before =
        version.equals(NOW)
            ? writeSession(cluster, savepoints)
            : KeptSavepoints.of(version, KeptSavepoints.SESSION);

    SessionScenario restored = new SessionScenario();
    Path between = stop(cluster, 2, restored::defineThen, before, savepoints);
    run(restored::defineRest, between);

    assertThat(restored.newest()).hasSize(5).isEqualTo(undisturbed.newest());
    assertThat(restored.signalsAfter()).isEqualTo(undisturbed.signalsAfter());
    assertThat(restored.signalsAcross()).as("half open when it was stopped").isNotEmpty();
    assertThat(restored.decision().getModelVersion()).isEqualTo(SessionScenario.MODEL_VERSION);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void weightsCountsAndWaitingDecisionsAreThoseOfAJobThatWasNeverStopped(String version)
      throws Exception {
    Path before =
        version.equals(NOW)
            ? writeLearning(cluster, savepoints)
            : KeptSavepoints.of(version, KeptSavepoints.LEARNING);

    LearningScenario restored = new LearningScenario();
    Path between =
        stop(
            cluster,
            2,
            two -> restored.define(two, "two", LearningScenario.Part.NOTHING, false),
            before,
            savepoints);
    assertThat(policies(between)).hasSize(6).isEqualTo(policies(before));
    assertThat(policies(before))
        .filteredOn(policy -> policy.getPolicy().equals("learner"))
        .extracting(PolicyState::getEventsLearned)
        .allMatch(learned -> learned > 0 && learned < LearningScenario.DECISIONS);
    run(one -> restored.define(one, "one", LearningScenario.Part.AFTER, true), between);

    requireWhole(restored, policies(before));
    if (version.equals(NOW)) {
      // Bytes depend on the make of the processor that learned.
      LearningScenario undisturbed = new LearningScenario();
      run(whole -> undisturbed.define(whole, "whole", LearningScenario.Part.ALL, true), null);
      assertThat(restored.model("home").bytes()).isEqualTo(undisturbed.model("home").bytes());
    }
  }

  private static void requireWhole(LearningScenario restored, List<PolicyState> before) {
    for (PolicyState saved : before) {
      var evaluation = restored.evaluation(saved.getSurface(), saved.getPolicy());
      assertThat(evaluation.getCount()).isEqualTo(LearningScenario.DECISIONS);
      assertThat(evaluation.getRewardSum())
          .isEqualTo(
              saved.getSurface().equals("home")
                  ? LearningScenario.HOME_REWARDS
                  : LearningScenario.FEED_REWARDS);
    }
    for (String surface : List.of("home", "feed")) {
      List<Long> sequence = restored.sequence(surface);
      assertThat(sequence)
          .isEqualTo(
              LongStream.rangeClosed(sequence.get(0), sequence.get(0) + sequence.size() - 1)
                  .boxed()
                  .toList());
    }
    // At the first reward a decision is learned in as many lessons as its stages come in.
    assertThat(restored.model("home").eventsLearned()).isEqualTo(LearningScenario.DECISIONS);
    assertThat(restored.sequence("home").get(restored.sequence("home").size() - 1))
        .isEqualTo(LearningScenario.DECISIONS);
  }

  private static List<PolicyState> policies(@Nullable Path savepoint) throws Exception {
    OperatorState learn =
        LeftBehind.metadata(String.valueOf(savepoint)).getOperatorStates().stream()
            .filter(state -> state.getOperatorUid().orElse("").equals(LearningNames.LEARN))
            .findFirst()
            .orElseThrow();
    // What was published meanwhile is no part of what was learned.
    return SavedPolicies.of(learn, LearningScenario.SURFACES).stream()
        .map(
            policy ->
                policy.toBuilder()
                    .clearPublishedVersion()
                    .clearPublishedEventsLearned()
                    .clearOldestRewardMillis()
                    .clearPublishedParts()
                    .build())
        .toList();
  }

  /** Runs a job at one subtask until its inputs have ended. */
  private static void run(Consumer<StreamExecutionEnvironment> job, @Nullable Path from)
      throws Exception {
    StreamExecutionEnvironment environment = cluster.environment(1);
    job.accept(environment);
    cluster.run(environment, from);
  }

  /** Runs a job until its inputs have played, and stops it. */
  private static Path stop(
      SavepointCluster cluster,
      int parallelism,
      Function<StreamExecutionEnvironment, Feed> job,
      @Nullable Path from,
      Path into)
      throws Exception {
    StreamExecutionEnvironment environment = cluster.environment(parallelism);
    return cluster.stop(environment, job.apply(environment), from, into);
  }

  /** Takes the session job's savepoint, at one subtask. */
  static Path writeSession(SavepointCluster cluster, Path into) throws Exception {
    return stop(cluster, 1, new SessionScenario()::defineBefore, null, into);
  }

  /** Takes the learning job's savepoint, at one subtask. */
  static Path writeLearning(SavepointCluster cluster, Path into) throws Exception {
    LearningScenario before = new LearningScenario();
    return stop(
        cluster,
        1,
        environment -> before.define(environment, "before", LearningScenario.Part.BEFORE, false),
        null,
        into);
  }
}
