package io.waggle.core.explain;

import io.waggle.core.score.Interactions;
import io.waggle.core.score.LearnerOptions;
import io.waggle.core.score.WeightSets;
import io.waggle.core.surface.Surface;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.TrafficShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a policy explores and learns, one fact a line, with the values that hold where its command
 * line gives none (VW 9.3.0's defaults). Pure.
 */
public final class PolicyFacts {
  private static final int DEFAULT_BITS = 18;

  private PolicyFacts() {}

  /** The facts of now, most important first. */
  public static List<String> of(Surface surface, PolicyConfig policy) {
    return of(surface, policy, surface.explorationFloor());
  }

  /** The same with the exploration floor of a decision. */
  static List<String> of(Surface surface, PolicyConfig policy, double explorationFloor) {
    List<String> facts = new ArrayList<>();
    facts.add(role(surface, policy.getName()));
    switch (policy.getKindCase()) {
      case VOWPAL_WABBIT -> learner(policy.getVowpalWabbit().getArguments(), facts);
      case POPULARITY -> facts.add("chooses the action with the best recent mean reward");
      case UNIFORM -> facts.add("gives every action the same probability; does not learn");
      case BASELINE -> facts.add("chooses the first action of the app's order; does not learn");
      case TABLE ->
          facts.add(
              "probabilities from a table of %d rows; does not learn"
                  .formatted(policy.getTable().getRowsCount()));
      case KIND_NOT_SET -> {}
    }
    if (policy.hasVowpalWabbit() || policy.hasPopularity()) {
      facts.add(learning(surface));
    }
    facts.add("floor: every action gets at least %s / actions".formatted(number(explorationFloor)));
    if (policy.hasWarmUp() && policy.getWarmUp().getSeconds() > 0) {
      facts.add("when added, first learned the last " + policy.getWarmUp().getSeconds() + " s");
    }
    if (policy.getPaused()) {
      facts.add("paused: it neither predicts nor learns in the learning job");
    }
    return List.copyOf(facts);
  }

  private static String role(Surface surface, String policy) {
    double others = surface.traffic().stream().mapToDouble(TrafficShare::getShare).sum();
    for (TrafficShare share : surface.traffic()) {
      if (share.getPolicy().equals(policy)) {
        return "answers %s of the users".formatted(percent(share.getShare()));
      }
    }
    if (surface.livePolicy().equals(policy)) {
      return others == 0
          ? "live: answers every request"
          : "live: answers the %s of the users that no other policy has"
              .formatted(percent(Math.max(0, 1 - others)));
    }
    return "candidate: answers nobody, is evaluated on every decision";
  }

  private static String learning(Surface surface) {
    String wait = number(surface.reward().window().toMillis() / 1e3);
    String when =
        surface.reward().learnWhen() == LearnWhen.LEARN_WHEN_REWARD
            ? "learns a decision when it was shown, as not rewarded, and again with its first"
                + " reward within %s s, corrected for the delay".formatted(wait)
            : "learns a decision with its rewards of %s s, when these are over".formatted(wait);
    return surface.learners() == 1
        ? when
        : when + "; %d learners share them and are merged".formatted(surface.learners());
  }

  private static void learner(String arguments, List<String> facts) {
    LearnerOptions options = new LearnerOptions(arguments);
    facts.add("explores by " + exploration(options));
    if (options.has("--ccb_explore_adf")) {
      facts.add(
          "fills slot after slot from the actions left; the slot's place (Slot.index) counts alone"
              + " and with every feature and interaction");
    }
    facts.add(
        "estimates costs by --cb_type %s%s"
            .formatted(
                options.first("--cb_type", "mtr"), options.has("--cb_type") ? "" : " (default)"));
    facts.add(interactions(options));
    for (String restriction : List.of("--ignore", "--ignore_linear", "--keep")) {
      if (options.has(restriction)) {
        facts.add(
            "%s %s (first letters of namespaces)"
                .formatted(restriction, options.letters(restriction)));
      }
    }
    int bits = options.number("--bit_precision", DEFAULT_BITS);
    facts.add(
        "%d weights (-b %d) in %d set(s)"
            .formatted(1L << bits, bits, WeightSets.of(options).scale()));
    facts.add(
        "learning rate %s, power_t %s"
            .formatted(options.first("--learning_rate", "0.5"), options.first("--power_t", "0.5")));
  }

  private static String exploration(LearnerOptions options) {
    String epsilon = options.first("--epsilon", "0");
    if (options.has("--first")) {
      return "first: uniform for the first "
          + options.first("--first", "")
          + " decisions, then greedy";
    }
    if (options.has("--bag")) {
      return "bag: votes of %s policies learned on resampled decisions, epsilon %s"
          .formatted(options.first("--bag", ""), epsilon);
    }
    if (options.has("--cover")) {
      return "cover: %s policies that differ where they may, psi %s, epsilon %s"
          .formatted(
              options.first("--cover", ""),
              options.first("--psi", "1"),
              options.first("--epsilon", "decaying"));
    }
    if (options.has("--squarecb")) {
      return "squarecb: probability falls with the cost gap, gamma %s * decisions ^ %s"
          .formatted(
              options.first("--gamma_scale", "10"), options.first("--gamma_exponent", "0.5"));
    }
    if (options.has("--regcb")) {
      return "regcb: uniform over actions that may be best, mellowness "
          + options.first("--mellowness", "0.1");
    }
    if (options.has("--softmax")) {
      return "softmax: exp(-lambda * cost), lambda %s, epsilon %s"
          .formatted(options.first("--lambda", "1"), epsilon);
    }
    if (options.has("--rnd")) {
      return "rnd: bonus where %s random networks are badly predicted, epsilon %s"
          .formatted(options.first("--rnd", ""), epsilon);
    }
    return "epsilon-greedy, epsilon %s%s"
        .formatted(
            options.first("--epsilon", "0.05"), options.has("--epsilon") ? "" : " (default)");
  }

  private static String interactions(LearnerOptions options) {
    List<String> entries = Interactions.of(options);
    return entries.isEmpty()
        ? "no interactions: each feature by itself"
        : "interactions of namespaces by first letter: " + String.join(", ", entries);
  }

  private static String percent(double share) {
    return number(100 * share) + " %";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value).replaceFirst("\\.?0+$", "");
  }
}
