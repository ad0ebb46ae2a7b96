package io.waggle.core.evaluate;

import io.waggle.v1.EvaluationWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums by stretches of time, for charts: the newest {@link #MOST} that had a decision. Decisions
 * older than all of them count in the cumulative sums only. One thread.
 */
final class EvaluationWindows {
  /** Most stretches kept. */
  static final int MOST = 24;

  private final long lengthMillis;
  private final List<Sums> windows = new ArrayList<>();

  /** Of one stretch; plain fields, as every decision changes them. */
  private static final class Sums {
    private final long startMillis;
    private double decisions;
    private double rewards;
    private double weights;
    private double weightedRewards;
    private double robust;

    private Sums(long startMillis) {
      this.startMillis = startMillis;
    }

    private static Sums of(EvaluationWindow saved) {
      Sums sums = new Sums(saved.getStartMillis());
      sums.decisions = saved.getDecisions();
      sums.rewards = saved.getRewardSum();
      sums.weights = saved.getWeightSum();
      sums.weightedRewards = saved.getWeightedRewardSum();
      sums.robust = saved.getRobustSum();
      return sums;
    }

    private EvaluationWindow message(long lengthMillis) {
      return EvaluationWindow.newBuilder()
          .setStartMillis(startMillis)
          .setEndMillis(startMillis + lengthMillis)
          .setDecisions(decisions)
          .setRewardSum(rewards)
          .setWeightSum(weights)
          .setWeightedRewardSum(weightedRewards)
          .setRobustSum(robust)
          .build();
    }
  }

  /**
   * Goes on from what was saved; stretches of another length are left out.
   *
   * @param lengthMillis 0: none are kept
   */
  EvaluationWindows(long lengthMillis, List<EvaluationWindow> saved) {
    this.lengthMillis = lengthMillis;
    for (EvaluationWindow window : saved) {
      if (window.getEndMillis() - window.getStartMillis() == lengthMillis) {
        windows.add(Sums.of(window));
      }
    }
  }

  /**
   * One decision of that time; 0: its time is not known.
   *
   * @param times how many decisions it stands for
   */
  void add(
      long timeMillis,
      double times,
      double reward,
      double weight,
      double weightedReward,
      double robustTerm) {
    if (lengthMillis == 0 || timeMillis <= 0) {
      return;
    }
    Sums window = window(timeMillis - timeMillis % lengthMillis);
    if (window != null) {
      window.decisions += times;
      window.rewards += times * reward;
      window.weights += times * weight;
      window.weightedRewards += times * weightedReward;
      window.robust += times * robustTerm;
    }
  }

  private @Nullable Sums window(long startMillis) {
    int at = windows.size();
    while (at > 0 && windows.get(at - 1).startMillis > startMillis) {
      at--;
    }
    if (at > 0 && windows.get(at - 1).startMillis == startMillis) {
      return windows.get(at - 1);
    }
    if (windows.size() == MOST) {
      if (at == 0) {
        return null;
      }
      windows.remove(0);
      at--;
    }
    Sums window = new Sums(startMillis);
    windows.add(at, window);
    return window;
  }

  /** Oldest first. */
  List<EvaluationWindow> list() {
    return windows.stream().map(window -> window.message(lengthMillis)).toList();
  }

  /** The same stretches with the sums of both. */
  static List<EvaluationWindow> sum(List<EvaluationWindow> one, List<EvaluationWindow> other) {
    TreeMap<Long, EvaluationWindow> byStart = new TreeMap<>();
    one.forEach(window -> byStart.merge(window.getStartMillis(), window, EvaluationWindows::sum));
    other.forEach(window -> byStart.merge(window.getStartMillis(), window, EvaluationWindows::sum));
    List<EvaluationWindow> all = List.copyOf(byStart.values());
    return all.subList(Math.max(0, all.size() - MOST), all.size());
  }

  private static EvaluationWindow sum(EvaluationWindow one, EvaluationWindow other) {
    return one.toBuilder()
        .setDecisions(one.getDecisions() + other.getDecisions())
        .setRewardSum(one.getRewardSum() + other.getRewardSum())
        .setWeightSum(one.getWeightSum() + other.getWeightSum())
        .setWeightedRewardSum(one.getWeightedRewardSum() + other.getWeightedRewardSum())
        .setRobustSum(one.getRobustSum() + other.getRobustSum())
        .build();
  }
}
