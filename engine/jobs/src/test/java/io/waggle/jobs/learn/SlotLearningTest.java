package io.waggle.jobs.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestRecords;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.Action;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.PopularityPolicy;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import io.waggle.v1.SlotReward;
import io.waggle.v1.SurfaceConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions of two slots, {@code top} and {@code side}, through the learner of the job. */
final class SlotLearningTest {
  private static final String[] ACTIONS = {"a", "b", "c", "d"};
  private static final String ARGUMENTS = "--ccb_explore_adf -q ua -b 12 --quiet";
  private static final SurfaceConfig CONFIG = config();

  private final Surfaces page = surfaces(UnaryOperator.identity());

  private static SurfaceConfig config() {
    return TestSurfaces.config("page", ARGUMENTS).toBuilder().setMultiSlot(true).build();
  }

  private static Surfaces surfaces(UnaryOperator<SurfaceConfig.Builder> change) {
    return new Surfaces(List.of(Surface.of(change.apply(CONFIG.toBuilder()).build())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--bag 3",
        "--cover 3",
        "--squarecb",
        "--softmax --lambda 10",
        "--regcb --cb_min_cost -1 --cb_max_cost 0 --mellowness 0.001",
        "--cb_type dr",
        "--cb_type ips",
        "--first 100 --epsilon 0.1",
        "--interactions uaS",
        "--ignore S",
      })
  void everyKindOfExplorationLearnsWhatSuitsWhichSlot(String options) throws Exception {
    Surfaces surfaces =
        surfaces(
            config -> {
              config
                  .getPoliciesBuilder(0)
                  .getVowpalWabbitBuilder()
                  .setArguments(ARGUMENTS + " " + options);
              // In the shadow, where those may run too that the scorer does not compute.
              return config.setLivePolicy("uniform");
            });
    try (LearnSubtask learn = new LearnSubtask(surfaces, Learners::open)) {
      Random random = new Random(1);
      for (int i = 0; i < 1_500; i++) {
        learn.feed(logged("d" + i, random));
      }
      learn.clock(60_000);

      // Uniform gets (1 + 0) / 4 of either slot.
      assertThat(learn.deadLetters()).isEmpty();
      assertThat(learn.evaluation("uniform", "all").getIps()).isCloseTo(0.25, within(0.05));
      assertThat(learn.evaluation("learner", "all").getSnips()).isGreaterThan(0.5);
      assertThat(learn.evaluation("learner", "slot/top").getSnips()).isGreaterThan(0.5);
      assertThat(learn.evaluation("learner", "slot/side").getSnips()).isGreaterThan(0.5);
      assertThat(learn.evaluation("learner", "slot/side").getLift().getLower()).isPositive();
    }
  }

  @Test
  void popularityLearnsFromEverySlot() throws Exception {
    Surfaces surfaces =
        surfaces(
            config ->
                config.setPolicies(
                    0,
                    PolicyConfig.newBuilder()
                        .setName("learner")
                        .setPopularity(PopularityPolicy.getDefaultInstance())));
    try (LearnSubtask learn = new LearnSubtask(surfaces, Learners::open)) {
      Random random = new Random(1);
      for (int i = 0; i < 1_000; i++) {
        int top = random.nextInt(4);
        int side = (top + 1 + random.nextInt(3)) % 4;
        // Whoever sees c wants it, wherever it is.
        learn.feed(
            joined("d" + i, "anna", new int[] {top, side}, top == 2 ? 1 : 0, side == 2 ? 1 : 0));
      }
      learn.clock(60_000);

      assertThat(learn.evaluation("learner", "all").getEventsLearned()).isEqualTo(1_000);
      assertThat(learn.evaluation("learner", "slot/top").getSnips()).isGreaterThan(0.9);
      // Shown at the top it is not to be had at the side.
      assertThat(learn.evaluation("learner", "all").getSnips()).isBetween(0.4, 0.55);
    }
  }

  @Test
  void everySlotIsEvaluatedByItsOwnWeightAndTheDecisionByTheirProduct() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(page, CountingLearner::open)) {
      // Of four actions, then of three: the baseline would have shown a, then b.
      learn.feed(joined("d1", "anna", new int[] {0, 1}, 1, -1));
      learn.feed(joined("d2", "anna", new int[] {0, 2}, 1, 1));
      learn.feed(joined("d3", "anna", new int[] {1, 0}, 1, 1));
      learn.clock(1);

      PolicyEvaluation top = learn.evaluation("baseline", "slot/top");
      PolicyEvaluation side = learn.evaluation("baseline", "slot/side");
      PolicyEvaluation all = learn.evaluation("baseline", "all");
      assertThat(top.getIps()).isCloseTo((4 + 4 + 0) / 3.0, within(1e-9));
      // In d3 the first action is still to be had for the side.
      assertThat(side.getIps()).isCloseTo((-3 + 0 + 3) / 3.0, within(1e-9));
      // d1: (4 x 1 + 12 x -1) / 2; d2: (4 + 0) / 2; d3: nothing.
      assertThat(all.getIps()).isCloseTo((-4 + 2 + 0) / 3.0, within(1e-9));
      assertThat(all.getRewardSum()).isCloseTo(0 + 1 + 1, within(1e-9));
      assertThat(all.getCount()).isEqualTo(3);
      assertThat(learn.evaluation("uniform", "all").getIps()).isCloseTo(2 / 3.0, within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void restartedVowpalWabbitGoesOnBitForBit(long seed) throws Exception {
    List<PolicyState> restarted = run(seed, true);
    List<PolicyState> undisturbed = run(seed, false);

    assertThat(restarted.stream().map(SlotLearningTest::withoutModel).toList())
        .isEqualTo(undisturbed.stream().map(SlotLearningTest::withoutModel).toList());
    assertThat(predictions(restarted.get(0)))
        .usingElementComparator(Arrays::compare)
        .containsExactlyElementsOf(predictions(undisturbed.get(0)));
  }

  /** The bytes also hold counters that begin anew with each start. */
  private static PolicyState withoutModel(PolicyState state) {
    return state.toBuilder().clearModel().clearChecksum().build();
  }

  private static List<double[]> predictions(PolicyState state) {
    try (Learner learner =
        Learners.open(state.getArguments(), state.getModel().toByteArray(), 1e-4)) {
      List<double[]> predictions = new ArrayList<>();
      for (String user : List.of("anna", "bert")) {
        Example example = Example.of(joined("d", user, new int[] {0, 1}, 0, 0).getDecision());
        predictions.add(learner.predictSlot(example, new int[] {}).probabilities());
        predictions.add(learner.predictSlot(example, new int[] {1}).probabilities());
      }
      return predictions;
    }
  }

  private List<PolicyState> run(long seed, boolean restart) throws Exception {
    Random random = new Random(seed);
    LearnSubtask learn = new LearnSubtask(page, Learners::open);
    try {
      for (int i = 0; i < 100; i++) {
        learn.feed(logged("d" + i, random));
        if (restart && i % 30 == 20) {
          learn = learn.restarted();
        }
      }
      // What was learned has other numbers in the log: a restart is an epoch of its own.
      return learn.policyStates().stream()
          .map(state -> state.toBuilder().clearLineage().build())
          .toList();
    } finally {
      learn.close();
    }
  }

  @Test
  void whatIsNoDecisionOfThisSurfaceIsLeftOutAndStopsNobody() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(page, Learners::open)) {
      JoinedDecision good = joined("d1", "anna", new int[] {0, 1}, 1, 0);
      for (int i = 0; i < 5; i++) {
        learn.feed(TestRecords.joined("page", "single" + i, 1, 1));
        learn.feed(good.toBuilder().clearSlotRewards().build());
        JoinedDecision.Builder twice = good.toBuilder();
        twice.getDecisionBuilder().getSlotsBuilder(1).setAction(0);
        learn.feed(twice.build());
        JoinedDecision.Builder hostile = good.toBuilder();
        hostile.getDecisionBuilder().getSlotsBuilder(1).getSlotBuilder().addFeatures(nan());
        learn.feed(hostile.build());
      }
      learn.feed(good);
      learn.clock(1);

      assertThat(learn.deadLetters())
          .hasSize(20)
          .extracting(DeadLetter::getDetail)
          .anyMatch(detail -> detail.contains("learner: slots: none (expected: at least 1)"))
          .anyMatch(detail -> detail.contains("slot_rewards: 0 (expected: one for each of 2"))
          .anyMatch(detail -> detail.contains("slots[1].action: 0 (expected: distinct, below 4)"))
          .anyMatch(detail -> detail.contains("slots[1].features[0].features[0].value.number"));
      PolicyEvaluation learner = learn.evaluation("learner", "all");
      assertThat(learner.getCondition()).isEqualTo(PolicyCondition.POLICY_CONDITION_UNSPECIFIED);
      assertThat(learner.getEventsLearned()).isEqualTo(1);
    }
  }

  @Test
  void onlyTheFirstFiftySlotsSeenHaveAValueOfTheirOwn() throws Exception {
    LearnSubtask before = new LearnSubtask(page, CountingLearner::open);
    for (int i = 0; i < 60; i++) {
      JoinedDecision.Builder joined = joined("d" + i, "anna", new int[] {0, 1}, 1, 0).toBuilder();
      joined.getDecisionBuilder().getSlotsBuilder(1).getSlotBuilder().setId("side " + i);
      before.feed(joined.build());
    }
    try (LearnSubtask learn = before.restarted()) {
      learn.feed(joined("last", "anna", new int[] {0, 1}, 1, 0));
      learn.clock(1);

      List<String> segments =
          learn.evaluations().stream()
              .filter(each -> each.getPolicy().equals("uniform"))
              .map(PolicyEvaluation::getSegment)
              .distinct()
              .toList();
      assertThat(segments).hasSize(51).contains("all", "slot/top", "slot/side 48");
      assertThat(learn.evaluation("uniform", "all").getCount()).isEqualTo(61);
      assertThat(learn.evaluation("uniform", "slot/top").getCount()).isEqualTo(61);
    }
  }

  @Test
  void aPolicyThatLeavesTakesItsSlotsWithIt() throws Exception {
    try (LearnSubtask learn = new LearnSubtask(page, Learners::open)) {
      learn.feed(joined("d1", "anna", new int[] {0, 1}, 1, 0));
      learn.clock(1);
      learn.control(new Controls(page.all().get(0)).remove("baseline"));

      assertThat(learn.evaluations())
          .filteredOn(LearnFunction::isTombstone)
          .extracting(each -> each.getPolicy() + " " + each.getSegment())
          .containsExactly("baseline all", "baseline slot/top", "baseline slot/side");
    }
  }

  /** Logged uniformly; at the top anna likes a and bert b, at the side everybody likes c. */
  private static JoinedDecision logged(String id, Random random) {
    String user = random.nextBoolean() ? "anna" : "bert";
    int top = random.nextInt(4);
    int side = (top + 1 + random.nextInt(3)) % 4;
    return joined(
        id,
        user,
        new int[] {top, side},
        top == (user.equals("anna") ? 0 : 1) ? 1 : 0,
        side == 2 ? 1 : 0);
  }

  private static JoinedDecision joined(String id, String user, int[] actions, double... rewards) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface("page")
            .setEventTimeMillis(1_000)
            .addContext(
                Namespace.newBuilder()
                    .setName("user")
                    .addFeatures(
                        Feature.newBuilder()
                            .setName("name")
                            .setValue(FeatureValue.newBuilder().setText(user))))
            .addOrder(actions[0])
            .addOrder(actions[1])
            .setPropensity(0.25);
    for (String action : ACTIONS) {
      decision.addActions(Action.newBuilder().setId(action));
    }
    JoinedDecision.Builder joined =
        JoinedDecision.newBuilder().setRewardCount(1).setRewardTimeMillis(5_000);
    List<String> slots = new ArrayList<>(List.of("top", "side"));
    for (int i = 0; i < 2; i++) {
      decision.addSlots(
          SlotDecision.newBuilder()
              .setSlot(Slot.newBuilder().setId(slots.get(i)))
              .setAction(actions[i])
              .setPropensity(1.0 / (4 - i)));
      joined.addSlotRewards(SlotReward.newBuilder().setReward(rewards[i]).setRewardCount(1));
    }
    return joined.setDecision(decision).build();
  }

  private static Namespace nan() {
    return Namespace.newBuilder()
        .setName("n")
        .addFeatures(
            Feature.newBuilder()
                .setName("x")
                .setValue(FeatureValue.newBuilder().setNumber(Double.NaN)))
        .build();
  }
}
