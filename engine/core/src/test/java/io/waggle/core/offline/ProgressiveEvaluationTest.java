package io.waggle.core.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.policy.Exploration;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.ConstraintEffect;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressiveEvaluationTest {
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.2 -q ua";

  @Test
  void aFixedPolicysValueIsTheMeanOfItsWeightedRewards() throws Exception {
    List<LoggedDecision> log =
        List.of(
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 1)),
            new LoggedDecision(ListedLog.decision("red", 2, 1, 0.25, 1)),
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.8, 0)));

    CandidateResult always = only(log, World.always(0));
    CandidateResult logged = only(log, Candidate.logged());

    // Weights 2, 0, 1.25.
    assertThat(always.evaluation().getIps()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(value(always, Estimator.SNIPS)).isCloseTo(2 / 3.25, within(1e-12));
    assertThat(value(always, Estimator.IPS_CLIPPED)).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(always.zeroWeights()).isEqualTo(1);
    assertThat(always.estimate(Estimator.DOUBLY_ROBUST)).isNull();
    assertThat(logged.evaluation().getIps()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(logged.evaluation().getEffectiveSampleSize()).isCloseTo(3, within(1e-12));
  }

  @Test
  void aLearnerIsEvaluatedOnWhatItPredictedBeforeItLearnedTheDecision() throws Exception {
    List<LoggedDecision> log = World.tastes(5, 300, 0.9, 0.1);
    double weighted = 0;
    try (Learner learner = Learners.open(ARGUMENTS, null, 1e-4)) {
      for (Occasion occasion : occasions(log)) {
        double[] served =
            learner
                .learn(
                    occasion.example(),
                    occasion.chosen(),
                    -occasion.reward(),
                    occasion.propensity())
                .probabilities();
        Exploration.applyFloor(served, World.SETTINGS.explorationFloor());
        weighted += served[occasion.chosen()] / occasion.propensity() * occasion.reward();
      }
    }

    CandidateResult result = only(log, World.learner("learner", ARGUMENTS));

    assertThat(result.evaluation().getIps()).isCloseTo(weighted / 300, within(1e-12));
    assertThat(result.learned()).isEqualTo(300);
  }

  @Test
  void aDecisionKeptWithOneHalfCountsTwice() throws Exception {
    List<LoggedDecision> log =
        List.of(
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 1)),
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 0), 0.5));

    CandidateResult result = only(log, World.always(0));

    assertThat(result.evaluation().getIps()).isCloseTo(2.0 / 3, within(1e-12));
    assertThat(value(result, Estimator.IPS_CLIPPED)).isCloseTo(2.0 / 3, within(1e-12));
  }

  @Test
  void severalSlotsAreWeightedByTheProductOfTheSlotsBefore() throws Exception {
    JoinedDecision single = ListedLog.decision("red", 3, 0, 0.5, 0.5);
    JoinedDecision slots =
        single.toBuilder()
            .setDecision(
                single.getDecision().toBuilder()
                    .addSlots(slot("top", 0, 0.5))
                    .addSlots(slot("side", 1, 0.25)))
            .addSlotRewards(SlotReward.newBuilder().setReward(1))
            .addSlotRewards(SlotReward.newBuilder().setReward(0.5))
            .build();

    CandidateResult result = only(List.of(new LoggedDecision(slots)), World.uniform());

    // Weights 1/3 / 0.5 and, times that, 1/2 / 0.25.
    double first = 2.0 / 3;
    assertThat(result.evaluation().getIps())
        .isCloseTo((first + first * 2 * 0.5) / 2, within(1e-12));
    assertThat(result.segments().get("slot")).containsOnlyKeys("top", "side");
  }

  @Test
  void everyPolicyIsJudgedUnderTheConstraintsOfTheDecision() throws Exception {
    JoinedDecision single = ListedLog.decision("red", 3, 1, 0.8, 1);
    ActionFactors factors =
        ActionFactors.newBuilder().addActions(0).addFactors(0.5).setOthers(1).build();
    ConstraintEffect excluded =
        ConstraintEffect.newBuilder().setConstraint("stock").addExcluded("a3").build();
    JoinedDecision penalized =
        single.toBuilder()
            .setDecision(single.getDecision().toBuilder().setFactors(factors))
            .build();
    JoinedDecision without =
        single.toBuilder()
            .setDecision(single.getDecision().toBuilder().addConstraints(excluded))
            .build();
    Candidate table =
        Candidate.of(
            PolicyConfig.newBuilder()
                .setName("table")
                .setTable(
                    TablePolicy.newBuilder()
                        .addRows(TableRow.newBuilder().setActionId("a1").setProbability(0.25))
                        .addRows(TableRow.newBuilder().setActionId("a3").setProbability(0.75)))
                .build());

    // 1/3 of each by 0.5, 1, 1 is 0.2, 0.4, 0.4.
    assertThat(only(List.of(new LoggedDecision(penalized)), World.uniform()).evaluation().getIps())
        .isCloseTo(0.4 / 0.8, within(1e-12));
    // What is left of the table is certain.
    assertThat(only(List.of(new LoggedDecision(without)), table).evaluation().getIps())
        .isCloseTo(1 / 0.8, within(1e-12));
    assertThat(only(List.of(new LoggedDecision(single)), table).evaluation().getIps())
        .isCloseTo(0.25 / 0.8, within(1e-12));
  }

  @Test
  void aPolicyThatNeverDoesWhatWasLoggedHasNoOverlap() throws Exception {
    CandidateResult result =
        only(List.of(new LoggedDecision(ListedLog.decision("red", 2, 1, 0.5, 1))), World.always(0));

    assertThat(result.noOverlap()).isTrue();
    assertThat(result.estimates()).isEmpty();
  }

  @Test
  void theTabularModelsEstimatesAreThoseOfTheirFormulas() throws Exception {
    List<LoggedDecision> log =
        List.of(
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 1)),
            new LoggedDecision(ListedLog.decision("red", 2, 1, 0.5, 0)));
    TabularRewards rewards = TabularRewards.count(World.reader(log), List.of());
    double q0 = (1 + 10 * 0.5) / 11;
    double q1 = (0 + 10 * 0.5) / 11;

    CandidateResult result = only(log, World.always(0), rewards);

    assertThat(value(result, Estimator.DIRECT)).isCloseTo(q0, within(1e-12));
    assertThat(value(result, Estimator.DOUBLY_ROBUST))
        .isCloseTo((q0 + 2 * (1 - q0) + q0) / 2, within(1e-12));
    assertThat(q1).isLessThan(q0);
  }

  @Test
  void whatNoCandidateCanUseIsCountedAndNotEvaluated() throws Exception {
    List<LoggedDecision> log =
        List.of(
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 1)),
            new LoggedDecision(ListedLog.decision("red", 2, 0, 1e-9, 1)),
            new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 7)),
            new LoggedDecision(ListedLog.decision("red", 2, 5, 0.5, 1)));
    CandidateRun run = run(World.uniform());

    LogCounts counts =
        ProgressiveEvaluation.run(World.reader(log), List.of(run), 1, (batch, share, read) -> {});

    assertThat(run.result().evaluation().getCount()).isEqualTo(1);
    assertThat(counts.records()).isEqualTo(4);
    assertThat(counts.decisions()).isEqualTo(1);
    assertThat(counts.bad())
        .containsOnly(
            Map.entry("propensity: out of range (expected: 1.0E-4 to 1)", 1L),
            Map.entry("reward: out of range (expected: 0.0 to 1.0)", 1L),
            Map.entry("order: no chosen action first", 1L));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void theNumberOfThreadsChangesNothing(int threads) throws Exception {
    List<LoggedDecision> log = World.tastes(7, 1_500, 0.8, 0.2);

    assertThat(results(log, threads)).isEqualTo(results(log, 1));
  }

  @Test
  void aLogThatBreaksEndsTheEvaluationWithItsOwnError() {
    DecisionLog broken =
        new DecisionLog() {
          private int read;

          @Override
          public @Nullable LoggedDecision next() throws IOException {
            if (read++ == 200) {
              throw new IOException("disk gone");
            }
            return new LoggedDecision(ListedLog.decision("red", 2, 0, 0.5, 1));
          }

          @Override
          public double progress() {
            return 0.5;
          }

          @Override
          public LogCounts counts() {
            return new LogCounts(read, read, Map.of(), Map.of());
          }

          @Override
          public void close() {}
        };
    OccasionReader reader = new OccasionReader(broken, World.SETTINGS, List.of(), null);

    assertThatThrownBy(
            () ->
                ProgressiveEvaluation.run(
                    reader, List.of(run(World.uniform())), 2, (batch, share, read) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage("disk gone");
  }

  @Test
  void segmentsBeyondTheTwentiethValueAreOneTogether() throws Exception {
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      log.add(new LoggedDecision(ListedLog.decision("t" + i, 2, 0, 0.5, 1)));
    }
    List<FeatureReference> features =
        List.of(new FeatureReference("user.taste"), new FeatureReference("absent"));
    CandidateRun run = new CandidateRun(World.uniform(), World.SETTINGS, features, false);

    ProgressiveEvaluation.run(
        new OccasionReader(new ListedLog(log), World.SETTINGS, features, null),
        List.of(run),
        1,
        (batch, share, read) -> {});

    Map<String, Map<String, PolicyEvaluation>> segments = run.result().segments();
    Map<String, PolicyEvaluation> tastes = Objects.requireNonNull(segments.get("user.taste"));
    assertThat(tastes).hasSize(21);
    assertThat(Objects.requireNonNull(tastes.get("(other)")).getCount()).isEqualTo(10);
    assertThat(segments.get("absent")).containsOnlyKeys(FeatureReference.NONE);
  }

  @Test
  void theValueAlongALongLogStaysWithinItsWindows() throws Exception {
    CandidateResult result = only(World.means(3, 20_000, 0.5, 0.5), World.uniform());

    assertThat(result.points()).hasSizeBetween(ValueWindows.MOST / 2, ValueWindows.MOST);
    assertThat(result.points().stream().mapToLong(ValuePoint::windowDecisions).sum())
        .isEqualTo(20_000);
    ValuePoint last = result.points().get(result.points().size() - 1);
    assertThat(last.decisions()).isEqualTo(20_000);
    assertThat(last.value()).isCloseTo(result.evaluation().getIps(), within(1e-9));
  }

  private static SlotDecision slot(String id, int action, double propensity) {
    return SlotDecision.newBuilder()
        .setSlot(Slot.newBuilder().setId(id))
        .setAction(action)
        .setPropensity(propensity)
        .build();
  }

  private static List<Occasion> occasions(List<LoggedDecision> log) throws IOException {
    List<Occasion> occasions = new ArrayList<>();
    OccasionReader reader = World.reader(log);
    for (Occasion next = reader.next(); next != null; next = reader.next()) {
      occasions.add(next);
    }
    return occasions;
  }

  private static List<PolicyEvaluation> results(List<LoggedDecision> log, int threads)
      throws Exception {
    List<CandidateRun> runs = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      runs.add(run(World.learner("l" + i, "--cb_explore_adf -q ua --bag " + i)));
    }
    runs.add(run(World.uniform()));
    try {
      ProgressiveEvaluation.run(World.reader(log), runs, threads, (batch, share, read) -> {});
      return runs.stream().map(each -> each.result().evaluation()).toList();
    } finally {
      runs.forEach(CandidateRun::close);
    }
  }

  private static CandidateRun run(Candidate candidate) {
    return new CandidateRun(candidate, World.SETTINGS, List.of(), false);
  }

  private static CandidateResult only(List<LoggedDecision> log, Candidate candidate)
      throws Exception {
    return only(log, candidate, null);
  }

  private static CandidateResult only(
      List<LoggedDecision> log, Candidate candidate, @Nullable TabularRewards rewards)
      throws Exception {
    try (CandidateRun run = run(candidate)) {
      ProgressiveEvaluation.run(
          new OccasionReader(new ListedLog(log), World.SETTINGS, List.of(), rewards),
          List.of(run),
          1,
          (batch, share, read) -> {});
      return run.result();
    }
  }

  private static double value(CandidateResult result, Estimator estimator) {
    return Objects.requireNonNull(result.estimate(estimator)).value();
  }
}
