package io.waggle.core.surface;

import io.waggle.state.join.RewardSettings;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TrafficShare;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * A checked surface with every default filled in. Immutable; any thread.
 *
 * @param name names the surface
 * @param policies at least one, names unique
 * @param livePolicy name of one of {@code policies}
 * @param traffic shares of the users answered by other policies; sum at most 1
 * @param reward how rewards are joined
 * @param session how sessions are cut
 * @param catalogue actions to rank where a request names none; ids unique; may be empty
 * @param pushRankings true: the catalogue is ranked after each interaction
 * @param logPushedDecisions true: pushed rankings are logged as deferred decisions
 * @param multiSlot true: requests name slots, and every policy fills several at once
 * @param explorationFloor probability that every action gets at least is this / actions
 * @param minPropensity logged propensities below are refused
 * @param alpha error probability of the intervals, both sides together
 * @param config what all of this was made from; {@link SurfaceControl} changes it while all runs
 */
public record Surface(
    String name,
    List<PolicyConfig> policies,
    String livePolicy,
    List<TrafficShare> traffic,
    RewardSettings reward,
    SessionSettings session,
    List<Action> catalogue,
    boolean pushRankings,
    boolean logPushedDecisions,
    boolean multiSlot,
    double explorationFloor,
    double minPropensity,
    double alpha,
    SurfaceConfig config)
    implements Serializable {

  /** Exploration floor of a surface that sets none. */
  public static final double DEFAULT_EXPLORATION_FLOOR = 0.02;

  /** Smallest logged propensity of a surface that sets none. */
  public static final double DEFAULT_MIN_PROPENSITY = 1e-4;

  /** Error probability of a surface that sets none. */
  public static final double DEFAULT_ALPHA = 0.05;

  /** Weight cap of a surface that sets none. */
  public static final double DEFAULT_WEIGHT_CAP = 100;

  /** Length of the evaluations' stretches of time of a surface that sets none. */
  public static final Duration DEFAULT_EVALUATION_WINDOW = Duration.ofMinutes(5);

  /** Copies the lists. */
  public Surface {
    policies = List.copyOf(policies);
    traffic = List.copyOf(traffic);
    catalogue = List.copyOf(catalogue);
  }

  /**
   * Fills in defaults and checks each field's rule and what one field's rule cannot (names unique,
   * live policy known, ...).
   *
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}, one line per broken
   *     rule
   */
  public static Surface of(SurfaceConfig config) {
    SurfaceChecks.check(config);
    return new Surface(
        config.getName(),
        config.getPoliciesList(),
        config.getLivePolicy(),
        config.getTrafficList(),
        SurfaceDefaults.reward(config.getReward()),
        SurfaceDefaults.session(config.getSession()),
        config.getCatalogueList(),
        config.getPush().getEnabled(),
        config.getPush().getLogDecisions(),
        config.getMultiSlot(),
        config.hasExplorationFloor() ? config.getExplorationFloor() : DEFAULT_EXPLORATION_FLOOR,
        config.hasMinPropensity() ? config.getMinPropensity() : DEFAULT_MIN_PROPENSITY,
        config.hasAlpha() ? config.getAlpha() : DEFAULT_ALPHA,
        config);
  }

  /** Learners that share the surface's decisions; 1: nothing is merged. */
  public int learners() {
    return Math.max(1, config.getLearners());
  }

  /** Weights count as at most this in doubly robust estimates. */
  public double weightCap() {
    return config.getEvaluation().hasWeightCap()
        ? config.getEvaluation().getWeightCap()
        : DEFAULT_WEIGHT_CAP;
  }

  /** Length of the stretches of time that evaluations tell apart. */
  public Duration evaluationWindow() {
    return config.getEvaluation().hasWindow()
        ? SurfaceDefaults.duration(config.getEvaluation().getWindow())
        : DEFAULT_EVALUATION_WINDOW;
  }

  /**
   * The policy of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public PolicyConfig policy(String policyName) {
    for (PolicyConfig policy : policies) {
      if (policy.getName().equals(policyName)) {
        return policy;
      }
    }
    throw new IllegalArgumentException(
        "policy: " + policyName + " (expected: a policy of surface " + name + ")");
  }
}
