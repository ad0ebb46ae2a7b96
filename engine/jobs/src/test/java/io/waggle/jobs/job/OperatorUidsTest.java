package io.waggle.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.jobs.session.SessionNames;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;

/**
 * The operators of both jobs with everything switched on, by the uids that savepoints find their
 * state by. A uid that changes here is a migration: old savepoints are refused.
 */
class OperatorUidsTest {
  private static final URI FOLDER = URI.create("file:///tmp/none");
  private static final int PARALLELISM = 3;

  @Test
  void uidsOfTheSessionJobNeverChange() {
    assertThat(uids(sessionJob()))
        .containsExactlyElementsOf(
            List.of(
                "Sink Committer: session-sink-dead-letters",
                "Sink Committer: session-sink-decisions",
                "Sink Committer: session-sink-item-statistics",
                "Sink Committer: session-sink-rankings",
                "Sink Committer: session-sink-sessions",
                "Sink Committer: session-sink-signals",
                "session-catalogue-items",
                "session-catalogue-statistics",
                "session-decode-control",
                "session-decode-interactions",
                "session-decode-items",
                "session-decode-models",
                "session-decode-rank-requests",
                "session-event-rank-requests",
                "session-event-signals",
                "session-fold",
                "session-hand-on-control",
                "session-hand-on-item-statistics",
                "session-hand-on-items",
                "session-hand-on-models",
                "session-item-statistics",
                "session-rank",
                "session-read-control",
                "session-read-interactions",
                "session-read-items",
                "session-read-models",
                "session-read-rank-requests",
                "session-signal-gate",
                "session-signal-times",
                "session-signal/home/left/hash",
                "session-sink-dead-letters",
                "session-sink-decisions",
                "session-sink-item-statistics",
                "session-sink-rankings",
                "session-sink-sessions",
                "session-sink-signals"));
  }

  @Test
  void uidsOfTheLearningJobNeverChange() {
    assertThat(uids(learningJob()))
        .containsExactlyElementsOf(
            List.of(
                "Sink Committer: learning-write-claims",
                "Sink Committer: learning-write-dead-letters",
                "Sink Committer: learning-write-evaluations",
                "Sink Committer: learning-write-examples",
                "Sink Committer: learning-write-log",
                "Sink Committer: learning-write-models",
                "Sink Committer: learning-write-versions",
                "learning-cause-interactions",
                "learning-cause-signals",
                "learning-decode-control",
                "learning-decode-decisions",
                "learning-decode-interactions",
                "learning-decode-models",
                "learning-decode-rewards",
                "learning-decode-signals",
                "learning-derive",
                "learning-join",
                "learning-learn",
                "learning-load-rollbacks",
                "learning-log-hold",
                "learning-log-rows",
                "learning-merge",
                "learning-merged",
                "learning-pack",
                "learning-read-control",
                "learning-read-decisions",
                "learning-read-interactions",
                "learning-read-models",
                "learning-read-rewards",
                "learning-read-signals",
                "learning-register",
                "learning-rewardable",
                "learning-sum-evaluations",
                "learning-sum-evaluations-one",
                "learning-sum-evaluations-several",
                "learning-write-claims",
                "learning-write-dead-letters",
                "learning-write-evaluations",
                "learning-write-examples",
                "learning-write-log",
                "learning-write-models",
                "learning-write-versions"));
  }

  @Test
  void allOperatorsButTwoOfTheLearningJobTakeTheJobsParallelism() {
    assertThat(notOf(PARALLELISM, sessionJob())).isEmpty();
    assertThat(notOf(PARALLELISM, learningJob()))
        .containsExactlyInAnyOrder("learning-merged=1", "learning-register=1");
  }

  /** What is switched on and off again must not keep a job from its savepoint. */
  @Test
  void stateMayBeLeftBehindOnlyByOperatorsThatADeclarationOrSettingBrings() {
    List<String> always = new ArrayList<>(uids(sessionJob(TestSurfaces.named("home"))));
    StreamExecutionEnvironment environment = environment();
    LearningJob.define(environment, settings(), TestSurfaces.named("home"));
    always.addAll(uids(environment.getStreamGraph()));
    List<String> declared = new ArrayList<>(uids(sessionJob()));
    declared.addAll(uids(learningJob()));
    declared.removeAll(always);

    assertThat(always).noneMatch(LeftBehind::mayGo);
    assertThat(declared)
        .filteredOn(uid -> !LeftBehind.mayGo(uid))
        .as("keep no state")
        .containsExactlyInAnyOrder(
            "session-event-signals",
            "learning-cause-interactions",
            "learning-cause-signals",
            "learning-decode-interactions",
            "learning-decode-models",
            "learning-decode-signals",
            "learning-log-rows",
            "learning-rewardable");
  }

  private static StreamGraph sessionJob() {
    return sessionJob(surfaces());
  }

  private static StreamGraph sessionJob(Surfaces surfaces) {
    StreamExecutionEnvironment environment = environment();
    SessionJob.define(environment, settings(), surfaces);
    return environment.getStreamGraph();
  }

  private static StreamGraph learningJob() {
    StreamExecutionEnvironment environment = environment();
    LearningJob.define(
        environment,
        settings()
            .withRegistry(RegistrySettings.in(FOLDER))
            .withDecisionLog(DecisionLogSettings.in(FOLDER)),
        surfaces());
    return environment.getStreamGraph();
  }

  private static StreamExecutionEnvironment environment() {
    return new StreamExecutionEnvironment(JobEnvironment.configuration(settings()));
  }

  private static JobSettings settings() {
    return JobSettings.of("none:1", FOLDER).withParallelism(PARALLELISM);
  }

  /** One that derives rewards from interactions and signals, with two learners. */
  private static Surfaces surfaces() {
    Surface deriving = TestSurfaces.deriving("home").all().get(0);
    return new Surfaces(List.of(Surface.of(deriving.config().toBuilder().setLearners(2).build())));
  }

  /** Sorted; the hash of a signal's declaration left out. */
  private static List<String> uids(StreamGraph graph) {
    assertThat(graph.getStreamNodes())
        .as("operators without a uid")
        .noneMatch(node -> node.getTransformationUID() == null);
    return graph.getStreamNodes().stream()
        .map(StreamNode::getTransformationUID)
        .map(uid -> uid.replaceAll("(" + SessionNames.SIGNAL_UID + "/.*)/[0-9a-z]+$", "$1/hash"))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private static List<String> notOf(int parallelism, StreamGraph graph) {
    return graph.getStreamNodes().stream()
        .filter(node -> node.getParallelism() != parallelism)
        .map(node -> node.getTransformationUID() + "=" + node.getParallelism())
        .toList();
  }
}
