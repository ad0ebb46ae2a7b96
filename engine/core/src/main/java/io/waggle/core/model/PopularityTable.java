package io.waggle.core.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each action was worth lately: importance-weighted sums that halve with every half-life of
 * event time. One thread.
 *
 * <p>An observation of reward {@code r}, shown with probability {@code p} at time {@code t}, has
 * the weight {@code w = 1 / p}. At time {@code T} it counts {@code d = 2^((t - T) / halfLife)}. Per
 * action:
 *
 * <pre>
 *   n    = (sum d w)^2 / sum d w^2        how many observations that is worth
 *   m    = sum d w r / sum d w            self-normalised mean reward
 *   mean = (n m + PRIOR m0) / (n + PRIOR)
 * </pre>
 *
 * where {@code m0} is {@code m} over all actions together. With equal weights {@code n} is the
 * decayed count; without decay it is Kish's effective sample size (Kish: <i>Survey Sampling</i>,
 * 1965). So one lucky reward of a rare action does not put it first, and an action not shown for
 * many half-lives is worth as much as one never seen.
 *
 * <p>Event times may be out of order. Bound: {@value #ACTIONS_BOUND} actions; the action that would
 * be one more makes the table forget the sixteenth with the smallest {@code n}, of equal ones the
 * first by id.
 */
final class PopularityTable {
  /** Most actions remembered. */
  static final int ACTIONS_BOUND = 10_000;

  /** Observations that the mean of all actions counts for. */
  static final double PRIOR = 10;

  private static final int FORGOTTEN_SHARE = 16;

  private final long halfLifeMillis;
  private final Map<String, Sums> actions;
  private final Sums all;

  /** The sums of an action, as of a time. Mutable: the learning job's hot path. */
  static final class Sums {
    long timeMillis;
    double weight;
    double weightSquared;
    double reward;

    Sums(long timeMillis, double weight, double weightSquared, double reward) {
      this.timeMillis = timeMillis;
      this.weight = weight;
      this.weightSquared = weightSquared;
      this.reward = reward;
    }
  }

  /** An empty table. */
  PopularityTable(long halfLifeMillis) {
    this(halfLifeMillis, new HashMap<>(), new Sums(0, 0, 0, 0));
  }

  /** A table that goes on from saved sums. */
  PopularityTable(long halfLifeMillis, Map<String, Sums> actions, Sums all) {
    this.halfLifeMillis = halfLifeMillis;
    this.actions = actions;
    this.all = all;
  }

  /** One observation. */
  void add(String action, double reward, double propensity, long timeMillis) {
    Sums sums = actions.get(action);
    if (sums == null) {
      if (actions.size() >= ACTIONS_BOUND) {
        forget();
      }
      sums = new Sums(timeMillis, 0, 0, 0);
      actions.put(action, sums);
    }
    add(sums, 1 / propensity, reward, timeMillis);
    add(all, 1 / propensity, reward, timeMillis);
  }

  private void add(Sums sums, double weight, double reward, long timeMillis) {
    double share = 1;
    if (timeMillis >= sums.timeMillis) {
      double kept = decay(timeMillis - sums.timeMillis);
      sums.timeMillis = timeMillis;
      sums.weight *= kept;
      sums.weightSquared *= kept;
      sums.reward *= kept;
    } else {
      share = decay(sums.timeMillis - timeMillis);
    }
    sums.weight += share * weight;
    sums.weightSquared += share * weight * weight;
    sums.reward += share * weight * reward;
  }

  /** Estimated mean reward of each action as of the newest event; {@code double[ids]}. */
  double[] means(List<String> ids) {
    double prior = all.weight > 0 ? all.reward / all.weight : 0;
    double[] means = new double[ids.size()];
    for (int i = 0; i < means.length; i++) {
      Sums sums = actions.get(ids.get(i));
      double count = sums == null ? 0 : count(sums);
      // A count of 0 may come with sums that have decayed to nothing.
      double mean = sums == null || count == 0 ? 0 : sums.reward / sums.weight;
      means[i] = (count * mean + PRIOR * prior) / (count + PRIOR);
    }
    return means;
  }

  /** Effective observations as of the newest event. */
  private double count(Sums sums) {
    return sums.weightSquared > 0
        ? decay(all.timeMillis - sums.timeMillis) * sums.weight * sums.weight / sums.weightSquared
        : 0;
  }

  private void forget() {
    List<Map.Entry<String, Sums>> least = new ArrayList<>(actions.entrySet());
    least.sort(
        Comparator.<Map.Entry<String, Sums>>comparingDouble(entry -> count(entry.getValue()))
            .thenComparing(Map.Entry::getKey));
    least.subList(0, ACTIONS_BOUND / FORGOTTEN_SHARE).forEach(e -> actions.remove(e.getKey()));
  }

  private double decay(long millis) {
    return Math.pow(2, -(double) millis / halfLifeMillis);
  }

  long halfLifeMillis() {
    return halfLifeMillis;
  }

  /** A copy in the order of the ids. */
  SortedMap<String, Sums> actions() {
    return new TreeMap<>(actions);
  }

  Sums all() {
    return all;
  }
}
