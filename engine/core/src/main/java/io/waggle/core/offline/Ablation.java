package io.waggle.core.offline;

import io.waggle.core.evaluate.PairedDifference;
import io.waggle.core.log.LogCounts;
import io.waggle.core.model.JoinedSlots;
import io.waggle.v1.ConfidenceInterval;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a candidate loses without this or that: the same policy, learning from the same log without
 * it, beside the policy that sees all. One thread.
 */
public final class Ablation implements ProgressiveEvaluation.Watcher {
  private final CandidateRun whole;
  private final List<CandidateRun> without;
  private final List<PairedDifference> differences;

  /**
   * What is lost without something.
   *
   * @param mask what
   * @param lost value of the policy that sees all minus that of the one that does not, with an
   *     interval valid at every look
   * @param fixedTime the same with a normal interval at one look
   * @param method of the first interval
   * @param count decisions that both took
   */
  public record Loss(
      FeatureMask mask, Estimate lost, Estimate fixedTime, String method, long count) {}

  /**
   * An ablation along a log; all candidates keep their batches.
   *
   * @param without the same candidate with masks
   * @param settings whose alpha is that of each difference
   */
  public Ablation(CandidateRun whole, List<CandidateRun> without, OfflineSettings settings) {
    this.whole = whole;
    this.without = List.copyOf(without);
    this.differences =
        without.stream()
            .map(
                unused ->
                    new PairedDifference(
                        settings.rewardMin(), settings.rewardMax(), settings.alpha()))
            .toList();
  }

  @Override
  public void batchDone(List<Occasion> occasions, double share, LogCounts counts) {
    for (int i = 0; i < without.size(); i++) {
      pair(occasions, without.get(i), differences.get(i));
    }
  }

  private void pair(List<Occasion> occasions, CandidateRun masked, PairedDifference difference) {
    for (int i = 0; i < occasions.size(); i++) {
      double @Nullable [] first = whole.batch().get(i);
      double @Nullable [] second = masked.batch().get(i);
      Occasion occasion = occasions.get(i);
      JoinedSlots slots = occasion.slots();
      if (first == null || second == null) {
        continue;
      }
      if (slots == null) {
        difference.add(
            first,
            second,
            occasion.chosen(),
            occasion.propensity(),
            occasion.reward(),
            occasion.kept());
      } else {
        difference.addSlots(first, second, slots.propensities(), slots.rewards(), occasion.kept());
      }
    }
  }

  /** What is lost without each, the most first. */
  public List<Loss> losses() {
    List<Loss> losses = new ArrayList<>();
    for (int i = 0; i < without.size(); i++) {
      PairedDifference difference = differences.get(i);
      ConfidenceInterval interval = difference.interval();
      double value = difference.estimate();
      losses.add(
          new Loss(
              Objects.requireNonNull(without.get(i).candidate().mask()),
              new Estimate(value, interval.getLower(), interval.getUpper()),
              Estimate.around(value, difference.fixedTimeHalfWidth()),
              interval.getMethod(),
              difference.count()));
    }
    losses.sort(Comparator.comparingDouble((Loss loss) -> loss.lost().value()).reversed());
    return losses;
  }
}
