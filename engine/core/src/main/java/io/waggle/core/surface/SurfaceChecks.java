package io.waggle.core.surface;

import io.waggle.core.model.VowpalWabbitArguments;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.rule.Violation;
import io.waggle.core.score.Scorer;
import io.waggle.state.join.RewardSettings;
import io.waggle.v1.Action;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardRow;
import io.waggle.v1.RewardTable;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.TrafficShare;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of a surface that no field has alone. One use each; one thread. */
final class SurfaceChecks {
  /** At most so many broken rules are told. */
  private static final int MAX_PROBLEMS = 20;

  /** A longer value is cut in a message. */
  private static final int MAX_VALUE_CHARS = 80;

  private static final long MAX_HALF_LIFE_SECONDS = 3650L * 24 * 60 * 60;

  /** Slack for shares such as ten times 0.1. */
  private static final double SHARE_SLACK = 1e-9;

  private static final String FOR_SLOTS =
      "--ccb_explore_adf in place of --cb_explore_adf, as the surface has several slots";

  private static final String FOR_ONE =
      "--cb_explore_adf in place of --ccb_explore_adf, or multi_slot: true";

  private static final MessageRules RULES = new MessageRules();

  private final SurfaceConfig config;
  private final List<String> problems = new ArrayList<>();

  private SurfaceChecks(SurfaceConfig config) {
    this.config = config;
  }

  /**
   * Checks fields first, then what holds between them.
   *
   * @throws IllegalArgumentException with one line {@code name: value (expected: ...)} per problem
   */
  static void check(SurfaceConfig config) {
    List<Violation> violations = RULES.check(config);
    SurfaceChecks checks = new SurfaceChecks(config);
    if (violations.isEmpty()) {
      checks.policies();
      checks.learners();
      checks.traffic();
      checks.reward();
      checks.session();
      checks.catalogue();
      checks.slots();
      checks.retrieval();
      checks.segments();
      FeatureChecks.check(config, checks::problem);
      SignalChecks.check(config, checks::problem);
      ConstraintChecks.check(config.getConstraintsList(), checks::problem);
      if (checks.problems.isEmpty() && config.getEvaluation().hasExpectedRewards()) {
        checks.expectedRewards();
      }
    } else {
      for (Violation violation : violations) {
        String value = FieldValues.find(config, violation.field());
        checks.problem(violation.field(), value == null ? "not given" : value, violation.rule());
      }
    }
    if (!checks.problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", checks.problems));
    }
  }

  /** What several learners cannot share: only Vowpal Wabbit's weights can be merged. */
  private void learners() {
    if (config.getLearners() <= 1) {
      return;
    }
    String learners = Integer.toString(config.getLearners());
    if (config.getMultiSlot()) {
      problem("learners", learners, "1 where multi_slot is true");
    }
    for (PolicyConfig policy : config.getPoliciesList()) {
      if (policy.hasPopularity()) {
        problem("learners", learners, "1, as policy " + policy.getName() + " is a popularity");
      }
      if (policy.getWarmUp().getSeconds() > 0 || policy.getWarmUp().getNanos() > 0) {
        problem("learners", learners, "1, as policy " + policy.getName() + " has a warm_up");
      }
    }
  }

  private void policies() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < config.getPoliciesCount(); i++) {
      PolicyConfig policy = config.getPolicies(i);
      String field = "policies[" + i + "]";
      if (!names.add(policy.getName())) {
        problem(field + ".name", policy.getName(), "unique among the policies");
      }
      if (policy.hasVowpalWabbit()) {
        String arguments = policy.getVowpalWabbit().getArguments();
        String expected = VowpalWabbitArguments.problem(arguments);
        if (expected == null
            && VowpalWabbitArguments.severalSlots(arguments) != config.getMultiSlot()) {
          expected = config.getMultiSlot() ? FOR_SLOTS : FOR_ONE;
        }
        if (expected != null) {
          problem(field + ".vowpal_wabbit.arguments", arguments, expected);
        }
      }
      if (policy.hasPopularity() && policy.getPopularity().hasHalfLife()) {
        long seconds = policy.getPopularity().getHalfLife().getSeconds();
        if (seconds < 1 || seconds > MAX_HALF_LIFE_SECONDS) {
          problem(field + ".popularity.half_life", seconds + " s", "1 second to 3650 days");
        }
      }
      if (policy.hasTable()) {
        table(field + ".table", policy.getTable());
      }
    }
    if (!names.contains(config.getLivePolicy())) {
      problem("live_policy", config.getLivePolicy(), "one of the policies");
    }
    answers("live_policy", config.getLivePolicy());
  }

  /** A policy that answers requests must run, and its learner be scored without native code. */
  private void answers(String field, String name) {
    for (PolicyConfig policy : config.getPoliciesList()) {
      if (policy.getName().equals(name)) {
        if (policy.getPaused()) {
          problem(field, name, "not paused, since it answers requests");
        }
        String arguments = policy.getVowpalWabbit().getArguments();
        // A line that is wrong is a problem of the policy.
        String expected =
            policy.hasVowpalWabbit() && VowpalWabbitArguments.problem(arguments) == null
                ? Scorer.problem(arguments)
                : null;
        if (expected != null) {
          problem(field, name, "since it answers requests, " + expected);
        }
      }
    }
  }

  private void table(String field, TablePolicy table) {
    Set<List<String>> keys = new HashSet<>();
    for (int i = 0; i < table.getRowsCount() && problems.size() < MAX_PROBLEMS; i++) {
      TableRow row = table.getRows(i);
      String rowField = field + ".rows[" + i + "]";
      if (table.getContextFeature().isEmpty() && !row.getContextValue().isEmpty()) {
        problem(
            rowField + ".context_value",
            row.getContextValue(),
            "empty, since the table has no context_feature");
      }
      if (!keys.add(List.of(row.getContextValue(), row.getActionId()))) {
        problem(rowField + ".action_id", row.getActionId(), "one row per context value and action");
      }
    }
  }

  private void traffic() {
    Set<String> names = new HashSet<>();
    double sum = 0;
    for (int i = 0; i < config.getTrafficCount(); i++) {
      TrafficShare share = config.getTraffic(i);
      String field = "traffic[" + i + "].policy";
      if (config.getPoliciesList().stream().noneMatch(p -> p.getName().equals(share.getPolicy()))) {
        problem(field, share.getPolicy(), "one of the policies");
      }
      if (!names.add(share.getPolicy())) {
        problem(field, share.getPolicy(), "one share per policy");
      }
      answers(field, share.getPolicy());
      sum += share.getShare();
    }
    if (sum > 1 + SHARE_SLACK) {
      problem("traffic", "shares sum to " + sum, "at most 1");
    }
  }

  /** The settings check themselves, as {@code reward.name: value (expected: ...)}. */
  private void reward() {
    try {
      SurfaceDefaults.reward(config.getReward());
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  /** The settings check themselves, as {@code name: value (expected: ...)}. */
  private void session() {
    try {
      SurfaceDefaults.session(config.getSession());
    } catch (IllegalArgumentException e) {
      problems.add("session." + e.getMessage());
    }
  }

  private void catalogue() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < config.getCatalogueCount(); i++) {
      Action action = config.getCatalogue(i);
      if (!ids.add(action.getId())) {
        problem("catalogue[" + i + "].id", action.getId(), "unique in the catalogue");
      }
    }
    if (config.getPush().getEnabled() && config.getCatalogueCount() == 0) {
      problem("push.enabled", "true", "a catalogue to rank");
    }
  }

  /** A candidate that is shown by the floor alone has to be learned. */
  private void retrieval() {
    double floor =
        config.hasExplorationFloor()
            ? config.getExplorationFloor()
            : Surface.DEFAULT_EXPLORATION_FLOOR;
    double least =
        config.hasMinPropensity() ? config.getMinPropensity() : Surface.DEFAULT_MIN_PROPENSITY;
    int candidates = config.getRetrieval().getCandidates();
    if (candidates * least > floor * (1 + SHARE_SLACK)) {
      problem(
          "retrieval.candidates",
          Integer.toString(candidates),
          "at most " + (int) (floor / least) + ", exploration_floor / min_propensity");
    }
  }

  /**
   * What a surface with several slots cannot have: nobody names the slots of a pushed ranking, and
   * a decision whose slots are rewarded at different times has no one first reward to be learned
   * with.
   */
  private void slots() {
    if (!config.getMultiSlot()) {
      return;
    }
    if (config.getPush().getEnabled()) {
      problem("push.enabled", "true", "false, as the surface has several slots");
    }
    if (config.getReward().getLearnWhen() == LearnWhen.LEARN_WHEN_REWARD) {
      problem(
          "reward.learn_when",
          config.getReward().getLearnWhen().name(),
          "LEARN_WHEN_WINDOW_END, as the surface has several slots");
    }
  }

  private void segments() {
    Set<String> features = new HashSet<>();
    for (int i = 0; i < config.getEvaluation().getSegmentsCount(); i++) {
      String feature = config.getEvaluation().getSegments(i).getFeature();
      if (!features.add(feature)) {
        problem("evaluation.segments[" + i + "].feature", feature, "unique among the segments");
      }
    }
  }

  private void expectedRewards() {
    RewardTable table = config.getEvaluation().getExpectedRewards();
    String at = "evaluation.expected_rewards.";
    expectedReward(at + "otherwise", table.getOtherwise());
    Set<List<String>> keys = new HashSet<>();
    for (int i = 0; i < table.getRowsCount() && problems.size() < MAX_PROBLEMS; i++) {
      RewardRow row = table.getRows(i);
      expectedReward(at + "rows[" + i + "].reward", row.getReward());
      if (!keys.add(List.of(row.getContextValue(), row.getActionId()))) {
        problem(
            at + "rows[" + i + "].action_id",
            row.getActionId(),
            "one row per context value and action");
      }
    }
  }

  private void expectedReward(String field, double reward) {
    RewardSettings range = SurfaceDefaults.reward(config.getReward());
    if (reward < range.min() || reward > range.max()) {
      problem(field, Double.toString(reward), range.min() + " to " + range.max());
    }
  }

  private void problem(String field, @Nullable String value, String expected) {
    if (problems.size() < MAX_PROBLEMS) {
      String shown = value == null ? "" : value;
      if (shown.length() > MAX_VALUE_CHARS) {
        shown = shown.substring(0, MAX_VALUE_CHARS) + "...";
      }
      problems.add(field + ": " + shown + " (expected: " + expected + ")");
    }
  }
}
