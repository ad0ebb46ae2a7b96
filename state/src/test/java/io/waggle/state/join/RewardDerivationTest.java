package io.waggle.state.join;

import static io.waggle.state.join.Joins.WINDOW;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Decision;
import io.waggle.v1.DerivationCounts;
import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.Interaction;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.RecentDecisions;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RewardDerivationTest {
  private static final long MADE = 10_000;
  private static final RewardSettings SETTINGS =
      new RewardSettings(
          Duration.ofMillis(WINDOW),
          0,
          -1,
          1,
          RewardAggregation.REWARD_AGGREGATION_SUM,
          LearnWhen.LEARN_WHEN_WINDOW_END,
          new DerivationSettings(
              List.of(
                  DerivedRewardRule.newBuilder().setInteraction("click").setValue(0.25).build()),
              1,
              false));

  private final RewardDerivation derivation = new RewardDerivation(SETTINGS);
  private DerivationCounter counter = new DerivationCounter("home");
  private @Nullable RecentDecisions state;
  private long watermarkMillis = MADE - WINDOW;
  private final List<Reward> rewards = new ArrayList<>();

  @AfterEach
  void everyInteractionIsAccountedFor() {
    DerivationCounts counts = counter.counts();
    assertThat(counts.getDerivationReceived())
        .isEqualTo(
            counts.getDerivationWithoutRule()
                + counts.getDerivationRewarded()
                + counts.getDerivationUnmatched()
                + counts.getDerivationWaiting()
                + counts.getDerivationDuplicate());
    assertThat(counts.getDerivationRewarded()).isEqualTo(rewards.size());
  }

  @Test
  void clickOnWhatWasChosenRewardsItsDecisionWhenEventTimeHasPassedIt() {
    decide("d", MADE);
    track(click("i", MADE + 10, "a"));
    assertThat(rewards).isEmpty();
    assertThat(counter.counts().getDerivationWaiting()).isEqualTo(1);

    advanceTo(MADE + 10);

    assertThat(rewards)
        .containsExactly(
            Reward.newBuilder()
                .setRewardId("i")
                .setDerived(true)
                .setDecisionId("d")
                .setSurface("home")
                .setUserId("user")
                .setItemId("a")
                .setEventTimeMillis(MADE + 10)
                .setValue(0.25)
                .build());
  }

  @Test
  void decisionMayComeAfterTheInteractionItWasMadeBefore() {
    track(click("i", MADE + 10, "a"));
    decide("d", MADE);

    advanceTo(MADE + 10);

    assertThat(rewards).extracting(Reward::getDecisionId).containsExactly("d");
  }

  @Test
  void newestDecisionMadeAtOrBeforeTheInteractionIsRewarded() {
    decide("newest before", MADE + 10);
    decide("after", MADE + 11);
    decide("older", MADE);
    track(click("i", MADE + 10, "a"));

    advanceTo(MADE + 10);

    assertThat(rewards).extracting(Reward::getDecisionId).containsExactly("newest before");
  }

  @Test
  void itemThatWasNotChosenRewardsNothing() {
    decide("d", MADE);
    track(click("i", MADE, "b"));

    advanceTo(MADE);

    assertThat(rewards).isEmpty();
    assertThat(counter.counts().getDerivationUnmatched()).isEqualTo(1);
  }

  @Test
  void itemOfAnySlotIsChosen() {
    apply(
        derivation.decision(
            state, Joins.withSlots(Joins.decision("d", MADE, false)), watermarkMillis));
    track(click("i", MADE, "c"));

    advanceTo(MADE);

    assertThat(rewards).extracting(Reward::getItemId).containsExactly("c");
  }

  @Test
  void windowIsExclusive() {
    decide("d", MADE);
    track(click("in", MADE + WINDOW - 1, "a"));
    track(click("out", MADE + WINDOW, "a"));

    advanceTo(MADE + 2 * WINDOW);

    assertThat(rewards).extracting(Reward::getRewardId).containsExactly("in");
  }

  @Test
  void deferredDecisionIsOnlyRewardedByName() {
    apply(derivation.decision(state, Joins.decision("d", MADE, true), watermarkMillis));
    track(click("i", MADE, "a"));
    track(click("j", MADE, "a").toBuilder().setDecisionId("d").build());

    advanceTo(MADE);

    assertThat(rewards).extracting(Reward::getRewardId).containsExactly("j");
  }

  @Test
  void interactionThatNamesADecisionDoesNotWait() {
    track(click("i", MADE, "a").toBuilder().setDecisionId("elsewhere").build());

    assertThat(rewards).extracting(Reward::getDecisionId).containsExactly("elsewhere");
  }

  @Test
  void interactionWithoutItemOrNameIsUnmatchedAtOnce() {
    decide("d", MADE);
    track(click("i", MADE + 1, ""));

    assertThat(counter.counts().getDerivationUnmatched()).isEqualTo(1);
  }

  @Test
  void repeatGivesNoSecondRewardAlsoWhenANewerDecisionCouldTakeIt() {
    decide("d", MADE);
    track(click("i", MADE + 10, "a"));
    track(click("i", MADE + 10, "a"));
    advanceTo(MADE + 10);
    decide("newer", MADE + 5);
    track(click("i", MADE + 10, "a"));

    assertThat(rewards).hasSize(1);
    assertThat(counter.counts().getDerivationDuplicate()).isEqualTo(2);
  }

  @Test
  void interactionWithoutARuleIsCountedAndForgotten() {
    track(click("i", MADE, "a").toBuilder().setType("view").build());

    assertThat(counter.counts().getDerivationWithoutRule()).isEqualTo(1);
    assertThat(state).isNull();
  }

  @Test
  void lateInteractionStillFindsWhatIsRemembered() {
    decide("d", MADE);
    advanceTo(MADE + WINDOW / 2);
    track(click("i", MADE + 1, "a"));

    assertThat(rewards).hasSize(1);
  }

  @Test
  void everythingIsForgottenAWindowAfterItsTime() {
    decide("d", MADE);
    track(click("i", MADE + 10, "a"));

    advanceTo(MADE + 10 + WINDOW);

    assertThat(state).isNull();
  }

  @Test
  void newestDecisionsAreKeptAtTheBound() {
    for (int i = 0; i < RewardDerivation.MAX_DECISIONS + 10; i++) {
      decide("d" + i, MADE + (i * 7) % 100);
    }
    long oldest =
        requireNonNull(state).getDecisionsList().stream()
            .mapToLong(each -> each.getEventTimeMillis())
            .min()
            .orElseThrow();

    assertThat(requireNonNull(state).getDecisionsCount()).isEqualTo(RewardDerivation.MAX_DECISIONS);
    assertThat(oldest).isPositive().isGreaterThan(MADE);
  }

  @Test
  void atTheBoundIdsAreForgottenFirstAndThenInteractionsAreUnmatched() {
    decide("d", MADE);
    track(click("settled", MADE, "a").toBuilder().setDecisionId("d").build());
    for (int i = 0; i < RewardDerivation.MAX_INTERACTIONS; i++) {
      track(click("i" + i, MADE + 10, "a"));
    }
    assertThat(counter.counts().getDerivationWaiting())
        .isEqualTo(RewardDerivation.MAX_INTERACTIONS);

    track(click("one more", MADE + 10, "a"));

    assertThat(counter.counts().getDerivationUnmatched()).isEqualTo(1);
    assertThat(requireNonNull(state).getInteractionsCount())
        .isEqualTo(RewardDerivation.MAX_INTERACTIONS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void orderOfArrivalChangesNothingWhileEventTimeHasNotPassed(long seed) {
    Random random = new Random(seed);
    List<Decision> decisions = new ArrayList<>();
    List<Interaction> interactions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      decisions.add(Joins.decision("d" + i, MADE + random.nextInt(300), false));
      interactions.add(click("i" + random.nextInt(35), MADE + random.nextInt(300), "a"));
    }
    // A repeat is the same interaction.
    interactions.replaceAll(each -> click(each.getInteractionId(), timeOf(each), "a"));

    List<Reward> first = inOrder(decisions, interactions, random);
    List<Reward> second = inOrder(decisions, interactions, random);

    assertThat(second).isNotEmpty().containsExactlyInAnyOrderElementsOf(first);
    assertThat(second).extracting(Reward::getRewardId).doesNotHaveDuplicates();
    rewards.clear();
    counter = new DerivationCounter("home");
  }

  private static long timeOf(Interaction interaction) {
    return MADE + Math.floorMod(interaction.getInteractionId().hashCode(), 300);
  }

  private List<Reward> inOrder(
      List<Decision> decisions, List<Interaction> interactions, Random random) {
    state = null;
    rewards.clear();
    watermarkMillis = MADE - WINDOW;
    List<Runnable> arrivals = new ArrayList<>();
    decisions.forEach(
        each -> arrivals.add(() -> apply(derivation.decision(state, each, watermarkMillis))));
    interactions.forEach(each -> arrivals.add(() -> track(each)));
    Collections.shuffle(arrivals, random);
    arrivals.forEach(Runnable::run);
    for (long time = MADE; time < MADE + 300 + WINDOW; time += random.nextInt(1, 50)) {
      advanceTo(time);
    }
    advanceTo(MADE + 300 + WINDOW);
    assertThat(state).isNull();
    return List.copyOf(rewards);
  }

  private static Interaction click(String id, long timeMillis, String item) {
    return Interaction.newBuilder()
        .setInteractionId(id)
        .setSurface("home")
        .setUserId("user")
        .setType("click")
        .setItemId(item)
        .setEventTimeMillis(timeMillis)
        .build();
  }

  private void decide(String id, long timeMillis) {
    apply(derivation.decision(state, Joins.decision(id, timeMillis, false), watermarkMillis));
  }

  private void track(Interaction interaction) {
    OptionalDouble worth = derivation.worth(interaction, counter);
    if (worth.isPresent()) {
      apply(
          derivation.interaction(
              state, interaction, worth.getAsDouble(), watermarkMillis, counter));
    }
  }

  private void advanceTo(long timeMillis) {
    watermarkMillis = Math.max(watermarkMillis, timeMillis);
    while (state != null && state.getDueMillis() <= watermarkMillis) {
      apply(derivation.due(state, "home", "user", watermarkMillis, counter));
    }
  }

  private void apply(RewardDerivation.Step step) {
    state = step.next();
    rewards.addAll(step.rewards());
  }
}
