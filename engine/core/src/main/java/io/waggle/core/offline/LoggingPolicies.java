package io.waggle.core.offline;

import io.waggle.core.evaluate.AsymptoticSequence;
import io.waggle.core.evaluate.Interval;
import io.waggle.core.evaluate.SampleRatio;
import io.waggle.core.evaluate.SampleSize;
import io.waggle.core.log.LoggedDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The policies that made a log's decisions, on the rewards that they got themselves: an experiment,
 * where users were split among them. Needs no propensity. One thread.
 *
 * <p>Differences are to the policy with most decisions and valid at every look ({@link
 * AsymptoticSequence}); decisions are taken to be independent. Whether users were split as they
 * were meant to be is tested on the users and not on their decisions, which are not independent
 * ({@link SampleRatio}, sequential).
 */
public final class LoggingPolicies {
  /** Most policies told apart; the decisions of further ones are left out. */
  static final int MOST = 50;

  /** Most users told apart; with more, the split is not tested. */
  static final int USERS_MAX = 1_000_000;

  /** Decisions at which the interval of a difference is narrowest. */
  private static final double TIGHTEST_AT = 10_000;

  private static final double POWER = 0.8;
  private static final int LEAST_TO_COMPARE = 2;

  private final Map<String, Sums> byPolicy = new LinkedHashMap<>();
  private int users;

  private static final class Sums {
    private long count;
    private double rewards;
    private double squares;
    private final Set<String> users = new HashSet<>();

    double mean() {
      return rewards / count;
    }

    double variance() {
      return count < LEAST_TO_COMPARE
          ? Double.NaN
          : Math.max(0, squares - rewards * rewards / count) / (count - 1);
    }
  }

  /**
   * One policy.
   *
   * @param decisions it made
   * @param users for how many; 0: not known
   * @param mean reward
   * @param difference of its mean to that of the first, valid at every look; unbounded: it is the
   *     first, or too little is known
   * @param neededPerArm decisions of each arm that tell a relative difference of a tenth apart, at
   *     one look and a power of 80 %; 0: not known
   */
  public record Arm(
      String policy,
      long decisions,
      long users,
      double mean,
      Interval difference,
      long neededPerArm) {}

  /** One decision as the log has it; a log that dropped decisions of a policy alike is as whole. */
  public void add(LoggedDecision logged) {
    String policy = logged.joined().getDecision().getPolicy();
    Sums sums = byPolicy.get(policy);
    if (sums == null) {
      if (byPolicy.size() == MOST) {
        return;
      }
      sums = new Sums();
      byPolicy.put(policy, sums);
    }
    double reward = logged.joined().getReward();
    sums.count++;
    sums.rewards += reward;
    sums.squares += reward * reward;
    String user = logged.joined().getDecision().getUserId();
    if (!user.isEmpty() && users <= USERS_MAX && sums.users.add(user)) {
      users++;
    }
  }

  /**
   * The policies, that with most decisions first.
   *
   * @param alpha in (0, 0.5): each difference's probability to ever miss, both sides together
   */
  public List<Arm> arms(double alpha) {
    List<Map.Entry<String, Sums>> ordered = new ArrayList<>(byPolicy.entrySet());
    ordered.sort(
        Comparator.<Map.Entry<String, Sums>>comparingLong(each -> -each.getValue().count)
            .thenComparing(Map.Entry::getKey));
    List<Arm> arms = new ArrayList<>();
    for (Map.Entry<String, Sums> each : ordered) {
      Sums sums = each.getValue();
      arms.add(
          new Arm(
              each.getKey(),
              sums.count,
              users > USERS_MAX ? 0 : sums.users.size(),
              sums.mean(),
              difference(ordered.get(0).getValue(), sums, alpha),
              needed(sums, alpha)));
    }
    return arms;
  }

  private static Interval difference(Sums first, Sums other, double alpha) {
    double squaredError = first.variance() / first.count + other.variance() / other.count;
    if (first == other || Double.isNaN(squaredError)) {
      return Interval.UNBOUNDED;
    }
    double effect = other.mean() - first.mean();
    double halfWidth =
        AsymptoticSequence.twoSided(alpha, TIGHTEST_AT)
            .halfWidth((double) first.count + other.count, Math.sqrt(squaredError));
    return new Interval(effect - halfWidth, effect + halfWidth);
  }

  private static long needed(Sums sums, double alpha) {
    double deviation = Math.sqrt(sums.variance());
    return deviation > 0 && sums.mean() != 0
        ? SampleSize.perArm(deviation, 0.1 * Math.abs(sums.mean()), alpha, POWER)
        : 0;
  }

  /**
   * How likely a split of users as uneven as this, or more, would be at any look if they had been
   * split by these shares; empty where users are not known.
   *
   * @param shares by policy; policies without one are left out
   * @throws IllegalArgumentException when fewer than two of them made decisions, or a share is not
   *     positive
   */
  public OptionalDouble splitPValue(Map<String, Double> shares) {
    List<String> policies = shares.keySet().stream().filter(byPolicy::containsKey).toList();
    if (policies.size() < LEAST_TO_COMPARE) {
      throw new IllegalArgumentException(
          "shares: %s (expected: of at least two of the policies %s)"
              .formatted(shares.keySet(), byPolicy.keySet()));
    }
    long[] counts = policies.stream().mapToLong(each -> users(each)).toArray();
    if (users == 0 || users > USERS_MAX) {
      return OptionalDouble.empty();
    }
    SampleRatio ratio =
        new SampleRatio(policies.stream().mapToDouble(each -> share(shares, each)).toArray());
    return OptionalDouble.of(ratio.sequentialPValue(counts));
  }

  private long users(String policy) {
    Sums sums = byPolicy.get(policy);
    return sums == null ? 0 : sums.users.size();
  }

  private static double share(Map<String, Double> shares, String policy) {
    Double share = shares.get(policy);
    return share == null ? 0 : share;
  }
}
