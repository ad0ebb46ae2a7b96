package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static io.waggle.jobs.learn.LearnSubtask.KEY_GROUPS;
import static io.waggle.jobs.learn.LearnSubtask.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.RecordingMetricGroup;
import io.waggle.jobs.TestRecords;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.control.Standing;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.RejectReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LearnFunctionTest {
  private final Surfaces home = TestSurfaces.named("home");

  @Test
  void everyPolicyIsEvaluatedByWhatItKnewBeforeItLearned() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      // The learner knows nothing: it would show action 0, with the floor 0.9 + 0.1/3.
      learn.feed(joined("home", "d1", 1, 1));
      // Now it would show action 1.
      learn.feed(joined("home", "d2", 1, 1));
      learn.clock(1);

      double floor = 0.1 / 3;
      assertThat(learn.evaluation("learner").getIps())
          .isCloseTo((floor + (0.9 + floor)) / 0.5 / 2, within(1e-9));
      assertThat(learn.evaluation("uniform").getIps()).isCloseTo(2.0 / 3, within(1e-9));
      assertThat(learn.evaluation("baseline").getIps()).isZero();
      assertThat(learn.evaluation("learner").getEventsLearned()).isEqualTo(2);
      assertThat(learn.evaluation("uniform").getEventsLearned()).isZero();
      assertThat(learn.evaluation("uniform").getCount()).isEqualTo(2);
      assertThat(learn.evaluation("uniform").getSegment()).isEqualTo("all");
    }
  }

  @Test
  void firstVersionIsPublishedAtOnceWithItsLineage() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(joined("home", "d1", 1, 1));
      learn.clock(1);

      assertThat(learn.models()).hasSize(1);
      ModelSnapshot part = learn.models().get(0);
      assertThat(part.getSurface()).isEqualTo("home");
      assertThat(part.getPolicy()).isEqualTo("learner");
      assertThat(part.getVersion()).isEqualTo(START + 1);
      assertThat(part.getParentVersion()).isZero();
      assertThat(part.getEventsLearned()).isEqualTo(1);
      assertThat(part.getOldestRewardMillis()).isEqualTo(5_000);
      assertThat(part.getArguments()).isEqualTo(TestSurfaces.ARGUMENTS);
      assertThat(CountingLearner.learned(part.getData().toByteArray())).isEqualTo(1);
    }
  }

  @Test
  void versionTellsTheOldestRewardThatItIsTheFirstToKnow() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(joined("home", "d1", 1, 1));
      learn.clock(1);
      learn.feed(rewardedAt("d2", 7_000));
      // A checkpoint takes the bytes; the reward in them is still waiting to be published.
      learn.harness.snapshot(1, 1);
      learn.feed(rewardedAt("d3", 6_500));
      learn.feed(rewardedAt("d4", 9_000));
      learn.clock(1_000);
      learn.feed(rewardedAt("d5", 0));
      learn.clock(60_000);

      assertThat(learn.models().stream().map(ModelSnapshot::getOldestRewardMillis))
          .containsExactly(5_000L, 6_500L, 0L);
    }
  }

  private static JoinedDecision rewardedAt(String id, long rewardTimeMillis) {
    return joined("home", id, 1, 1).toBuilder().setRewardTimeMillis(rewardTimeMillis).build();
  }

  @Test
  void versionsComeAtMostTwiceASecondAndTheLastOneWithoutFurtherRecords() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      for (int i = 0; i < 100; i++) {
        learn.feed(joined("home", "d" + i, 1, 1));
        learn.clock(10 + i * 10);
      }
      assertThat(learn.models()).hasSize(2);

      learn.clock(60_000);

      assertThat(learn.models()).hasSize(3);
      assertThat(learn.models().get(2).getEventsLearned()).isEqualTo(100);
      assertThat(learn.models().get(2).getParentVersion())
          .isEqualTo(learn.models().get(1).getVersion());
      assertThat(learn.evaluation("uniform").getCount()).isEqualTo(100);
      assertThat(learn.harness.numProcessingTimeTimers()).isZero();
    }
  }

  @Test
  void endOfTheInputSendsWhatIsLeft() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(joined("home", "d1", 1, 1));
      learn.clock(1);
      learn.feed(joined("home", "d2", 1, 1));

      learn.harness.processWatermark(new Watermark(Long.MAX_VALUE));

      assertThat(learn.models()).hasSize(2);
      assertThat(learn.models().get(1).getEventsLearned()).isEqualTo(2);
      assertThat(learn.evaluation("uniform").getCount()).isEqualTo(2);
    }
  }

  @Test
  void policyThatRefusesIsPassedOverAndTheDecisionIsADeadLetter() throws Exception {
    refusedBy(CountingLearner.REFUSED);
  }

  @Test
  void policyThatFailsIsPassedOverAndTheDecisionIsADeadLetter() throws Exception {
    refusedBy(CountingLearner.BROKEN);
  }

  private void refusedBy(String context) throws Exception {
    JoinedDecision.Builder bad = joined("home", "bad", 1, 1).toBuilder();
    bad.getDecisionBuilder().getContextBuilder(0).setName(context);
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(bad.build());
      learn.feed(joined("home", "good", 1, 1));
      learn.clock(1);

      assertThat(learn.deadLetters()).hasSize(1);
      DeadLetter letter = learn.deadLetters().get(0);
      assertThat(letter.getReason()).isEqualTo(RejectReason.REJECT_REASON_LEARNER);
      assertThat(letter.getDetail()).isEqualTo("learner: context: " + context + "; ");
      assertThat(Decision.parseFrom(letter.getValue())).isEqualTo(bad.getDecision());
      assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
      assertThat(learn.evaluation("learner").getRejected()).isEqualTo(1);
      assertThat(learn.evaluation("uniform").getCount()).isEqualTo(2);
    }
  }

  @Test
  void chosenIndexThatIsNoActionIsADeadLetterAndNothingIsLearned() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(joined("home", "d1", 3, 1));
      learn.clock(1);

      assertThat(learn.deadLetters()).hasSize(1);
      assertThat(learn.deadLetters().get(0).getDetail()).startsWith("order: [3]");
      assertThat(learn.models()).isEmpty();
      assertThat(learn.evaluation("uniform").getCount()).isZero();
      assertThat(learn.evaluation("uniform").getRejected()).isEqualTo(1);
    }
  }

  @Test
  void unknownSurfaceIsADeadLetter() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      learn.feed(joined("elsewhere", "d1", 1, 1));

      assertThat(learn.deadLetters().get(0).getReason())
          .isEqualTo(RejectReason.REJECT_REASON_UNKNOWN_SURFACE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void restartAnywhereLeavesEveryModelAndEvaluationAsItWouldHaveBeen(long seed) throws Exception {
    assertThat(run(seed, CountingLearner::open, true))
        .isEqualTo(run(seed, CountingLearner::open, false));
  }

  /**
   * Its bytes hold counters that a load sets to 0, so what it predicts is compared: on the way (the
   * evaluations) and at the end.
   */
  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void restartedVowpalWabbitGoesOnBitForBit(long seed) throws Exception {
    List<PolicyState> restarted = run(seed, VowpalWabbitLearner::open, true);
    List<PolicyState> undisturbed = run(seed, VowpalWabbitLearner::open, false);

    assertThat(restarted.stream().map(LearnFunctionTest::withoutModel).toList())
        .isEqualTo(undisturbed.stream().map(LearnFunctionTest::withoutModel).toList());
    for (int i = 0; i < restarted.size(); i++) {
      if (!restarted.get(i).getModel().isEmpty()) {
        assertThat(predictions(restarted.get(i)))
            .usingRecursiveComparison()
            .isEqualTo(predictions(undisturbed.get(i)));
      }
    }
  }

  private static PolicyState withoutModel(PolicyState state) {
    return state.toBuilder().clearModel().clearChecksum().build();
  }

  private static List<double[]> predictions(PolicyState state) {
    try (Learner learner =
        VowpalWabbitLearner.open(state.getArguments(), state.getModel().toByteArray())) {
      List<double[]> predictions = new ArrayList<>();
      for (int hour = 0; hour < 24; hour++) {
        Example example = Example.of(TestRecords.decision("home", "d", hour, 0));
        predictions.add(learner.predict(example).probabilities());
      }
      return predictions;
    }
  }

  /** What the learner knows after random decisions on two surfaces, with or without restarts. */
  private static List<PolicyState> run(long seed, LearnerFactory factory, boolean restarts)
      throws Exception {
    Random random = new Random(seed);
    Random restart = new Random(seed + 100);
    LearnSubtask learn = new LearnSubtask(TestSurfaces.named("home", "away"), factory);
    try {
      for (int i = 0; i < 200; i++) {
        String surface = random.nextInt(3) == 0 ? "away" : "home";
        learn.feed(joined(surface, "d" + i, random.nextInt(3), random.nextInt(-8, 9) / 8.0));
        if (restarts && restart.nextInt(30) == 0) {
          learn = learn.restarted();
        }
      }
      // Each start numbers its examples as an epoch of its own.
      return learn.policyStates().stream()
          .map(state -> state.toBuilder().clearLineage().build())
          .toList();
    } finally {
      learn.close();
    }
  }

  @Test
  void whatWasLearnedBeforeARestartIsPublishedAfterIt() throws Exception {
    LearnSubtask learn = new LearnSubtask(home, CountingLearner::open);
    learn.feed(joined("home", "d1", 1, 1));
    learn.clock(1);
    learn.feed(joined("home", "d2", 1, 1));
    learn = learn.restarted();
    try {
      learn.clock(600);

      assertThat(learn.models()).hasSize(1);
      assertThat(learn.models().get(0).getEventsLearned()).isEqualTo(2);
      assertThat(learn.models().get(0).getParentVersion()).isEqualTo(START + 1);
    } finally {
      learn.close();
    }
  }

  @Test
  void changedCommandLineStartsAnewButItsVersionsGoOn() throws Exception {
    LearnSubtask learn = new LearnSubtask(home, CountingLearner::open);
    learn.feed(joined("home", "d1", 1, 1));
    learn.clock(10_000);
    Surface changed =
        Surface.of(TestSurfaces.config("home", TestSurfaces.ARGUMENTS + " --power_t 0"));
    learn = learn.restarted(new Surfaces(List.of(changed)));
    try {
      learn.feed(joined("home", "d2", 1, 1));
      learn.clock(1);

      ModelSnapshot part = learn.models().get(0);
      assertThat(part.getEventsLearned()).isEqualTo(1);
      assertThat(part.getVersion()).isEqualTo(START + 10_001);
      assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
      assertThat(learn.evaluation("uniform").getCount()).isEqualTo(2);
    } finally {
      learn.close();
    }
  }

  @Test
  void eachSurfaceHasOneLearnerWhateverTheParallelism() throws Exception {
    String[] names = {"s0", "s1", "s2", "s3", "s4", "s5"};
    Surfaces surfaces = TestSurfaces.named(names);
    OperatorSubtaskState saved;
    try (LearnSubtask one = new LearnSubtask(surfaces, CountingLearner::open)) {
      for (String name : names) {
        one.feed(joined(name, "d", 1, 1));
      }
      saved = one.harness.snapshot(1, 1);
    }
    List<String> opened = new ArrayList<>();
    for (int index = 0; index < 3; index++) {
      OperatorSubtaskState share =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(
              saved, KEY_GROUPS, 1, 3, index);
      try (LearnSubtask learn =
          new LearnSubtask(surfaces, CountingLearner::open, null, 3, index, share, 0)) {
        for (PolicyState state : learn.policyStates()) {
          assertThat(learn.owns(state.getSurface())).isTrue();
          if (state.getPolicy().equals("learner")) {
            assertThat(state.getEventsLearned()).isEqualTo(1);
            opened.add(state.getSurface());
          }
        }
      }
    }
    assertThat(opened).containsExactlyInAnyOrder(names);
  }

  @Test
  void everyDecisionIsLoggedWithANumberThatGoesOnAndAnEpochThatGrows() throws Exception {
    LearnSubtask learn = new LearnSubtask(home, CountingLearner::open);
    learn.feed(joined("home", "d1", 1, 1));
    learn.feed(joined("home", "d2", 3, 1));
    List<LearnedExample> first = learn.examples();
    // The clock stands still: two starts from one checkpoint by the same clock still differ from
    // it.
    learn = learn.restarted();
    try {
      learn.feed(joined("home", "d3", 1, 1));
      LearnedExample second = learn.examples().get(0);

      assertThat(first).extracting(LearnedExample::getSequence).containsExactly(1L, 2L);
      assertThat(first).extracting(LearnedExample::getEpoch).containsOnly(START);
      assertThat(first.get(0).getJoined()).isEqualTo(joined("home", "d1", 1, 1));
      assertThat(first.get(0).getSurface()).isEqualTo("home");
      assertThat(first.get(0).getLearnedMillis()).isEqualTo(START);
      assertThat(second.getSequence()).isEqualTo(3);
      assertThat(second.getEpoch()).isEqualTo(START + 1);
    } finally {
      learn.close();
    }
  }

  @Test
  void damagedModelInACheckpointStopsTheStart() {
    Surface surface = home.all().get(0);
    PolicyConfig config = surface.policy("learner");
    PolicyState saved;
    try (PolicyRun run = PolicyRun.open(surface, config, null, CountingLearner::open, Seat.ALONE)) {
      run.take();
      saved = run.save();
    }
    PolicyState damaged = saved.toBuilder().setModel(ByteString.copyFromUtf8("damaged!")).build();

    assertThatThrownBy(
            () -> PolicyRun.open(surface, config, damaged, CountingLearner::open, Seat.ALONE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("home/learner")
        .hasMessageContaining("checksum");
  }

  @Test
  void learnersCountsAreGaugesAndBalance() {
    RecordingMetricGroup metrics = new RecordingMetricGroup();
    try (SurfaceRun surface =
        SurfaceRun.open(
            home.all().get(0),
            Seat.ALONE,
            "home",
            Map.of(),
            LearnCounts.getDefaultInstance(),
            CountingLearner::open,
            new WarmUps(null, CountingLearner::open))) {
      new LearnMetrics(metrics, 0, () -> 0, () -> Standing.ACTIVE).follow(surface);

      surface.feed(surface.take(joined("home", "d1", 1, 1), START));
      surface.feed(surface.take(joined("home", "d2", 3, 1), START));

      assertThat(metrics.values())
          .containsEntry("surface=home/learner_decisions_received", 2L)
          .containsEntry("surface=home/learner_decisions_learned", 1L)
          .containsEntry("surface=home/learner_decisions_rejected", 1L)
          .containsEntry("surface=home/policy=learner/events_learned", 1L)
          .containsEntry("surface=home/policy=uniform/rejected", 1L)
          .containsEntry("surface=home/policy=learner/published_version", 0L)
          .containsEntry("surface=home/policy=learner/model_bytes_millis", 0.0)
          .containsEntry("surface=home/policy=learner/condition", 0);
    }
  }

  @Test
  void evaluationsComeAtMostTwiceASecond() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      for (int i = 0; i < 100; i++) {
        learn.feed(joined("home", "d" + i, 1, 1));
        learn.clock(10 + i * 10);
      }

      List<PolicyEvaluation> uniform =
          learn.evaluations().stream().filter(each -> each.getPolicy().equals("uniform")).toList();
      assertThat(uniform).hasSize(2);
      assertThat(uniform.get(1).getUpdatedMillis() - uniform.get(0).getUpdatedMillis())
          .isGreaterThanOrEqualTo(500);
    }
  }
}
