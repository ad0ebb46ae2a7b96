package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Decisions made under constraints, evaluated as the learner does: with models that stand still, so
 * that what is evaluated can be compared with what was served, number by number, and a candidate's
 * value with what it earns when it is served.
 */
class ConstrainedEvaluationTest {
  private static final int DECISIONS = 1_500;

  /** Slots are served without Vowpal Wabbit's own code, equal to it but for rounding. */
  private static final double SLOT_ROUNDING = 2e-6;

  private static final long NOW = ConstrainedWorld.NOW;

  /** What was logged, and its mean reward. */
  private record Log(List<JoinedDecision> decisions, double mean) {}

  static Stream<Arguments> constraintsAndSlots() {
    return ConstrainedWorld.KINDS.keySet().stream()
        .flatMap(kind -> Stream.of(Arguments.of(kind, 0), Arguments.of(kind, 2)));
  }

  @ParameterizedTest
  @MethodSource("constraintsAndSlots")
  void theLoggingPolicyIsWorthWhatItEarned(String kind, int slots) {
    ConstrainedWorld world = new ConstrainedWorld(kind, slots, 1);
    Surface surface = world.surface("live");
    Log log = serve(world, surface, 1);

    PolicyEvaluation value = evaluate(world, surface, "live", log, true);

    assertThat(value.getIps()).isCloseTo(log.mean(), within(slots == 0 ? 1e-9 : 1e-4));
    assertThat(value.getInterval().getLower()).isLessThanOrEqualTo(log.mean());
    assertThat(value.getInterval().getUpper()).isGreaterThanOrEqualTo(log.mean());
    assertThat(value.getRejected()).isZero();
  }

  @ParameterizedTest
  @MethodSource("constraintsAndSlots")
  void aCandidateIsWorthWhatItEarnsUnderTheSameConstraints(String kind, int slots) {
    ConstrainedWorld world = new ConstrainedWorld(kind, slots, 2);
    Log log = serve(world, world.surface("live"), 2);
    double earned = serve(world, world.surface("candidate"), 3).mean();

    PolicyEvaluation value = evaluate(world, world.surface("live"), "candidate", log, false);

    // Four standard errors of the mean of as many rewards in [0, 1], beside the interval's own.
    double slack = 4 * 0.5 / Math.sqrt(DECISIONS);
    assertThat(value.getInterval().getLower()).isLessThan(earned + slack);
    assertThat(value.getInterval().getUpper()).isGreaterThan(earned - slack);
    double error = 4 * Math.sqrt(0.25 / value.getEffectiveSampleSize());
    assertThat(value.getIps()).isCloseTo(earned, within(error + slack));
  }

  /** What the two above would say if the factors were forgotten. */
  @Test
  void whereFactorsAreNotAppliedTheLoggingPolicyIsNotWorthWhatItEarned() {
    for (String kind : List.of("penalty", "pin-first")) {
      ConstrainedWorld world = new ConstrainedWorld(kind, 0, 1);
      Surface surface = world.surface("live");
      Log log = serve(world, surface, 1);
      Log forgotten =
          new Log(
              log.decisions().stream().map(ConstrainedEvaluationTest::withoutFactors).toList(),
              log.mean());

      PolicyEvaluation value = evaluate(world, surface, "live", forgotten, false);

      assertThat(Math.abs(value.getIps() - log.mean())).as(kind).isGreaterThan(0.02);
    }
    ConstrainedWorld slots = new ConstrainedWorld("cap", 2, 1);
    Log log = serve(slots, slots.surface("live"), 1);
    Log forgotten =
        new Log(
            log.decisions().stream().map(ConstrainedEvaluationTest::withoutFactors).toList(),
            log.mean());
    assertThat(evaluate(slots, slots.surface("live"), "live", forgotten, false).getIps())
        .isLessThan(log.mean() - 0.02);
  }

  private static JoinedDecision withoutFactors(JoinedDecision joined) {
    Decision.Builder decision = joined.getDecision().toBuilder().clearFactors();
    for (SlotDecision.Builder slot : decision.getSlotsBuilderList()) {
      slot.clearFactors();
    }
    return joined.toBuilder().setDecision(decision).build();
  }

  private static Log serve(ConstrainedWorld world, Surface surface, long seed) {
    List<JoinedDecision> decisions = new ArrayList<>(DECISIONS);
    double sum = 0;
    ServingModels models = new ServingModels();
    for (String policy : List.of("live", "candidate")) {
      models.apply(
          new ServableModel(
              surface.name(),
              policy,
              1,
              world.model(policy),
              world.arguments(policy),
              1,
              NOW,
              0,
              NOW));
    }
    Ranker ranker = new Ranker(models);
    ConstrainedWorld.Users users = world.users(seed);
    for (int i = 0; i < DECISIONS; i++) {
      RankInput input = users.next("d" + seed + "-" + i);
      Decision decision = ranker.rank(surface, input).decision();
      JoinedDecision joined = joined(users, decision);
      decisions.add(joined);
      sum += joined.getReward();
    }
    return new Log(decisions, sum / DECISIONS);
  }

  private static JoinedDecision joined(ConstrainedWorld.Users users, Decision decision) {
    JoinedDecision.Builder joined = JoinedDecision.newBuilder().setDecision(decision);
    if (decision.getSlotsCount() == 0) {
      return joined.setReward(users.reward(decision, decision.getOrder(0))).build();
    }
    double sum = 0;
    for (SlotDecision slot : decision.getSlotsList()) {
      double reward = users.reward(decision, slot.getAction());
      joined.addSlotRewards(SlotReward.newBuilder().setReward(reward).setRewardCount(1));
      sum += reward;
    }
    return joined.setReward(sum / decision.getSlotsCount()).build();
  }

  /**
   * Runs a policy along the log.
   *
   * @param served true: it made the log, and must say again what is logged, single rankings bit for
   *     bit
   */
  private static PolicyEvaluation evaluate(
      ConstrainedWorld world, Surface surface, String name, Log log, boolean served) {
    PolicyConfig config = surface.policy(name);
    ByteString model = world.model(name);
    PolicyState state =
        PolicyState.newBuilder()
            .setArguments(world.arguments(name))
            .setModel(model)
            .setChecksum(ModelParts.checksum(model))
            .build();
    Backgrounds backgrounds = new Backgrounds(surface, LearnCounts.getDefaultInstance());
    try (PolicyRun run = PolicyRun.open(surface, config, state, StillLearner::open, Seat.ALONE)) {
      for (JoinedDecision joined : log.decisions()) {
        Lesson lesson = Lesson.of(LearnedExample.newBuilder().setJoined(joined).build(), 0);
        if (served) {
          assertServed(run, lesson, surface.explorationFloor());
        }
        assertThat(run.feed(lesson, backgrounds.of(lesson))).isEmpty();
      }
      return run.evaluate(NOW).get(0);
    }
  }

  private static void assertServed(PolicyRun run, Lesson lesson, double floor) {
    Decision decision = lesson.decision();
    if (lesson.slots() == null) {
      assertThat(run.ask(lesson).probabilities())
          .containsExactly(logged(decision.getProbabilitiesList()));
      return;
    }
    List<double[]> asked;
    try {
      asked = run.pupil().takeSlots(lesson, lesson.slots(), floor);
    } catch (io.waggle.core.model.RejectedExampleException e) {
      throw new AssertionError(e);
    }
    for (int slot = 0; slot < asked.size(); slot++) {
      assertThat(asked.get(slot))
          .containsExactly(
              logged(decision.getSlots(slot).getProbabilitiesList()), within(SLOT_ROUNDING));
    }
  }

  private static double[] logged(List<Double> probabilities) {
    return probabilities.stream().mapToDouble(each -> each).toArray();
  }
}
