package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import io.waggle.v1.Action;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PopularityLearnerTest {
  private static final long HOUR = 3_600_000;
  private static final long NOW = 1_700_000_000_000L;

  @Test
  void aFreshOneShowsTheAppsFirstAction() {
    Prediction prediction = fresh().predict(example(NOW, "a", "b", "c"));

    assertThat(prediction.probabilities()).containsExactly(1, 0, 0);
    assertThat(prediction.order()).containsExactly(0, 1, 2);
  }

  @Test
  void theActionWithTheBestMeanLeadsAndLearningAnswersFromBefore() throws Exception {
    PopularityLearner learner = fresh();
    Example example = example(NOW, "a", "b");

    learner.learn(example, 0, 0, 0.5);
    Prediction before = learner.learn(example, 1, -1, 0.5);

    assertThat(before.order()).containsExactly(0, 1);
    assertThat(learner.predict(example).order()).containsExactly(1, 0);
    assertThat(learner.predict(example).probabilities()).containsExactly(0, 1);
  }

  @Test
  void anActionNeverSeenStandsAtTheMeanOfAll() throws Exception {
    PopularityLearner learner = fresh();
    for (int i = 0; i < 100; i++) {
      learner.learn(example(NOW, "good", "bad"), i % 2, i % 2 == 0 ? -1 : 0, 0.5);
    }

    assertThat(learner.predict(example(NOW, "bad", "new", "good")).order())
        .containsExactly(2, 1, 0);
  }

  @Test
  void anObservationIsWorthHalfAfterAHalfLife() {
    PopularityTable table = new PopularityTable(HOUR);
    table.add("a", 1, 1, NOW);
    table.add("a", 0, 1, NOW + HOUR);

    // n = 1.5, m = 1/3, alone it is the mean of all too.
    assertThat(table.means(List.of("a"))[0]).isCloseTo(1 / 3.0, within(1e-12));

    table.add("b", 0, 1, NOW + HOUR);
    // m0 = 0.5 / 2.5.
    assertThat(table.means(List.of("a"))[0])
        .isCloseTo((0.5 + 10 * 0.2) / (1.5 + 10), within(1e-12));
  }

  @Test
  void rareShowingsCountByTheirWeightButNotAsMoreEvidence() {
    PopularityTable table = new PopularityTable(HOUR);
    table.add("a", 1, 0.01, NOW);
    table.add("a", 0, 1, NOW);

    // Weights 100 and 1: n = 101^2 / 10001, m = 100 / 101; all is the same, so the prior is too.
    assertThat(table.means(List.of("a"))[0]).isCloseTo(100.0 / 101, within(1e-12));
    table.add("b", 0, 0.01, NOW);
    double count = 101.0 * 101 / 10_001;
    double all = 100.0 / 201;
    assertThat(table.means(List.of("a"))[0])
        .isCloseTo((count * 100 / 101 + 10 * all) / (count + 10), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theSumsAreThoseOfTheFormulaInAnyOrderOfEventTimes(long seed) {
    Random random = new Random(seed);
    PopularityTable table = new PopularityTable(HOUR);
    int events = 200;
    long[] times = random.longs(events, NOW, NOW + 5 * HOUR).toArray();
    double[] rewards = random.doubles(events).toArray();
    double[] propensities = random.doubles(events, 0.05, 1).toArray();
    for (int i = 0; i < events; i++) {
      table.add(i % 2 == 0 ? "even" : "odd", rewards[i], propensities[i], times[i]);
    }

    assertThat(table.means(List.of("even"))[0])
        .isCloseTo(expected(times, rewards, propensities, 0), within(1e-9));
    assertThat(table.means(List.of("odd"))[0])
        .isCloseTo(expected(times, rewards, propensities, 1), within(1e-9));
  }

  private static double expected(
      long[] times, double[] rewards, double[] propensities, int parity) {
    long newest = Arrays.stream(times).max().orElseThrow();
    double[] sums = new double[3];
    double allWeight = 0;
    double allReward = 0;
    for (int i = 0; i < times.length; i++) {
      double decayed = Math.pow(2, (times[i] - newest) / (double) HOUR);
      double weight = 1 / propensities[i];
      allWeight += decayed * weight;
      allReward += decayed * weight * rewards[i];
      if (i % 2 == parity) {
        sums[0] += decayed * weight;
        sums[1] += decayed * weight * weight;
        sums[2] += decayed * weight * rewards[i];
      }
    }
    double count = sums[0] * sums[0] / sums[1];
    return (count * sums[2] / sums[0] + 10 * allReward / allWeight) / (count + 10);
  }

  @Test
  void anActionForgottenLongAgoIsLikeOneNeverSeen() {
    PopularityTable table = new PopularityTable(HOUR);
    table.add("old", 1, 1, NOW);
    table.add("other", 0.25, 1, NOW + 5_000 * HOUR);

    assertThat(table.means(List.of("old", "never"))).containsExactly(0.25, 0.25);
  }

  @Test
  void aTasteThatMovesIsFollowedWithinAFewHalfLives() throws Exception {
    PopularityLearner learner = fresh();
    for (int minute = 0; minute < 6_000; minute++) {
      int good = minute < 5_700 ? 0 : 1;
      int chosen = minute % 2;
      learner.learn(
          example(NOW + minute * 60_000L, "a", "b"), chosen, chosen == good ? -1 : 0, 0.5);
    }

    assertThat(learner.predict(example(NOW, "a", "b")).order()).containsExactly(1, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void itGoesOnBitForBitFromItsBytes(long seed) throws Exception {
    PopularityLearner undisturbed = fresh();
    PopularityLearner restarted = fresh();
    Random random = new Random(seed);
    for (int event = 0; event < 300; event++) {
      Example example = example(NOW + random.nextInt(10_000_000), "a", "b", "é日", "d");
      int chosen = random.nextInt(4);
      double cost = -random.nextDouble();
      double propensity = 0.1 + 0.9 * random.nextDouble();
      undisturbed.learn(example, chosen, cost, propensity);
      restarted.learn(example, chosen, cost, propensity);
      if (random.nextInt(20) == 0) {
        restarted = PopularityLearner.open(HOUR, restarted.modelBytes(), 1e-4);
      }
    }

    assertThat(restarted.modelBytes()).isEqualTo(undisturbed.modelBytes());
  }

  @Test
  void bytesThatAreTruncatedAlteredOrForeignAreRefused() throws Exception {
    PopularityLearner learner = fresh();
    learner.learn(example(NOW, "a", "b"), 0, -1, 0.5);
    byte[] bytes = learner.modelBytes();

    for (int length = 0; length < bytes.length; length++) {
      byte[] truncated = Arrays.copyOf(bytes, length);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PopularityLearner.open(HOUR, truncated, 1e-4))
          .withMessageStartingWith("model: ");
    }
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] altered = bytes.clone();
      altered[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PopularityLearner.open(HOUR, altered, 1e-4))
          .withMessageStartingWith("model: ");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PopularityLearner.open(HOUR + 1, bytes, 1e-4))
        .withMessage("model: half-life 3600000 ms (expected: 3600001 ms)");
  }

  @Test
  void atTheBoundTheActionsWithTheLeastRecentWeightGo() {
    PopularityTable table = new PopularityTable(HOUR);
    for (int action = 0; action < PopularityTable.ACTIONS_BOUND; action++) {
      table.add("action-" + action, 1, 1, NOW + action);
    }

    table.add("one more", 1, 1, NOW + PopularityTable.ACTIONS_BOUND);

    int forgotten = PopularityTable.ACTIONS_BOUND / 16;
    assertThat(table.actions())
        .hasSize(PopularityTable.ACTIONS_BOUND - forgotten + 1)
        .containsKeys("one more", "action-" + forgotten)
        .doesNotContainKeys("action-0", "action-" + (forgotten - 1));
  }

  @Test
  void whatTheGuardOrTheClockForbidsIsRefusedAndNotLearned() {
    PopularityLearner learner = fresh();
    byte[] before = learner.modelBytes();

    assertRefused(learner, example(NOW, "a"), 0, Double.NaN, 0.5, "cost: ");
    assertRefused(learner, example(NOW, "a"), 0, -1, 0, "propensity: ");
    assertRefused(learner, example(NOW, "a"), 1, -1, 0.5, "order[0]: ");
    assertRefused(learner, example(0, "a"), 0, -1, 0.5, "event_time_millis: 0 ");
    assertThat(learner.modelBytes()).isEqualTo(before);
  }

  private static void assertRefused(
      Learner learner, Example example, int chosen, double cost, double propensity, String start) {
    assertThatExceptionOfType(RejectedExampleException.class)
        .isThrownBy(() -> learner.learn(example, chosen, cost, propensity))
        .withMessageStartingWith(start);
  }

  private static PopularityLearner fresh() {
    return PopularityLearner.open(HOUR, null, 1e-4);
  }

  private static Example example(long timeMillis, String... ids) {
    return new Example(
        List.of(),
        List.of(),
        Stream.of(ids).map(id -> Action.newBuilder().setId(id).build()).toList(),
        timeMillis);
  }
}
