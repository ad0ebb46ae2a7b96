package io.waggle.core.offline;

import io.waggle.core.constraint.Factors;
import io.waggle.core.evaluate.RewardModel;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LogTally;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decisions of a log as candidates take them. What no candidate could use is counted with the log's
 * bad records and passed over, so that all candidates are evaluated on the same decisions. One
 * thread.
 */
public final class OccasionReader implements AutoCloseable {
  private static final String SINGLE = "";

  private final DecisionLog log;
  private final OfflineSettings settings;
  private final List<FeatureReference> features;
  private final @Nullable RewardModel rewards;
  private final LogTally refused = new LogTally();

  /**
   * A reader, which closes the log with itself.
   *
   * @param features that values are told apart by
   * @param rewards says what each action is expected to give, and learns; null: nothing does
   */
  public OccasionReader(
      DecisionLog log,
      OfflineSettings settings,
      List<FeatureReference> features,
      @Nullable RewardModel rewards) {
    this.log = log;
    this.settings = settings;
    this.features = List.copyOf(features);
    this.rewards = rewards;
  }

  /**
   * The next decision; null at the end.
   *
   * @throws IOException when the log cannot be read on
   */
  public @Nullable Occasion next() throws IOException {
    for (LoggedDecision logged = log.next(); logged != null; logged = log.next()) {
      try {
        return occasion(logged);
      } catch (IllegalArgumentException e) {
        refused.bad(String.valueOf(e.getMessage()));
      }
    }
    return null;
  }

  private Occasion occasion(LoggedDecision logged) {
    JoinedDecision joined = logged.joined();
    Decision decision = PackedFeatures.decision(joined);
    Example example = Example.of(decision);
    int chosen = decision.getOrderCount() == 0 ? -1 : decision.getOrder(0);
    require(chosen >= 0 && chosen < example.actions().size(), "order: no chosen action first");
    JoinedSlots slots = null;
    if (decision.getSlotsCount() == 0) {
      requireOutcome(decision.getPropensity(), joined.getReward());
    } else {
      slots = JoinedSlots.of(joined.toBuilder().setDecision(decision).clearFeatures().build());
      for (int i = 0; i < slots.size(); i++) {
        requireOutcome(slots.propensities()[i], slots.rewards()[i]);
      }
    }
    String problem = example.problem();
    require(problem == null, problem);
    List<double[]> expected =
        rewards == null
            ? List.of()
            : slots == null
                ? List.of(expected(rewards, example, SINGLE, chosen, joined.getReward()))
                : expected(rewards, example, slots);
    return new Occasion(
        example,
        chosen,
        decision.getPropensity(),
        joined.getReward(),
        logged.keptProbability(),
        slots,
        features.stream().map(feature -> feature.valueIn(example)).toList(),
        expected,
        smallestPropensity(decision),
        Factors.of(decision, example.actions().size()));
  }

  /** What constraints gave the factor 0 could not be drawn. */
  private static double smallestPropensity(Decision decision) {
    return decision.getProbabilitiesList().stream()
        .mapToDouble(each -> each)
        .filter(each -> each > 0 || !decision.hasFactors())
        .min()
        .orElse(0);
  }

  /** What the model expects before it learns; of several slots all are expected before any. */
  private static double[] expected(
      RewardModel model, Example example, String slot, int chosen, double reward) {
    double[] expected = model.expected(example, slot);
    model.learn(example, slot, chosen, reward);
    return expected;
  }

  private static List<double[]> expected(RewardModel model, Example example, JoinedSlots slots) {
    List<double[]> expected =
        slots.ids().stream().map(slot -> model.expected(example, slot)).toList();
    double[] rewards = slots.rewards();
    for (int i = 0; i < rewards.length; i++) {
      model.learn(example, slots.ids().get(i), slots.outcomes().get(i).action(), rewards[i]);
    }
    return expected;
  }

  private void requireOutcome(double propensity, double reward) {
    // Both written so that NaN fails.
    require(
        propensity >= settings.minPropensity() && propensity <= 1,
        "propensity: out of range (expected: " + settings.minPropensity() + " to 1)");
    require(
        reward >= settings.rewardMin() && reward <= settings.rewardMax(),
        "reward: out of range (expected: %s to %s)"
            .formatted(settings.rewardMin(), settings.rewardMax()));
  }

  private static void require(boolean holds, @Nullable String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** Share of the log that has been read, in [0, 1]. */
  public double progress() {
    return log.progress();
  }

  /** What was read so far; what was refused here is among the bad. */
  public LogCounts counts() {
    LogCounts read = log.counts();
    LogCounts here = refused.counts();
    Map<String, Long> bad = new TreeMap<>(read.bad());
    here.bad().forEach((rule, count) -> bad.merge(rule, count, Long::sum));
    return new LogCounts(read.records(), read.decisions() - here.records(), read.passedOver(), bad);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
