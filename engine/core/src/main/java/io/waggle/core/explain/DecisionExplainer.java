package io.waggle.core.explain;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learners;
import io.waggle.core.model.ServablePolicies;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.core.rank.Redraw;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ActionExplanation;
import io.waggle.v1.Decision;
import io.waggle.v1.Explanation;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.Reproduction;
import io.waggle.v1.SlotExplanation;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Why a decision was made as it was, from what it logged and the model version that it names; and
 * the decision made again. What is not to be had is left out and noted. Pure; one decision.
 */
public final class DecisionExplainer {
  /** Most contributions in one explanation: fewer are listed for each of many actions. */
  static final int CONTRIBUTIONS_BOUND = 10_000;

  /** Most explained actions in one explanation: of many slots the first have theirs told. */
  static final int ACTIONS_BOUND = 10_000;

  private static final PolicyConfig UNIFORM =
      PolicyConfig.newBuilder().setUniform(UniformPolicy.getDefaultInstance()).build();

  private final Decision decision;
  private final @Nullable Surface surface;
  private final @Nullable ServableModel model;
  private final List<LoggedSlot> logged;
  private final Explanation.Builder explanation = Explanation.newBuilder();

  /**
   * An explanation, and what came of making the decision again.
   *
   * @param reproduction outcome unspecified: it could not be tried, the explanation's notes say why
   */
  public record Explained(Explanation explanation, Reproduction reproduction) {}

  private DecisionExplainer(
      Decision decision, @Nullable Surface surface, @Nullable ServableModel model) {
    this.decision = decision;
    this.surface = surface;
    this.model = model;
    this.logged = LoggedSlot.of(decision);
  }

  /**
   * Explains a decision; takes up to about a second for large models or many products.
   *
   * @param surface as it is now; null: there is none of that name any more
   * @param model the version that the decision names; null: it names none, or it is not held
   * @param limit most contributions to list for an action
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the decision's
   *     factors are none of its actions
   */
  public static Explained of(
      Decision decision, @Nullable Surface surface, @Nullable ServableModel model, int limit) {
    return new DecisionExplainer(decision, surface, model).explain(limit);
  }

  private Explained explain(int limit) {
    explanation.addAllConstraints(decision.getConstraintsList());
    if (decision.hasRetrieval()) {
      explanation.setRetrieval(decision.getRetrieval());
    }
    PolicyConfig config = config();
    if (surface != null && config != null) {
      double floor =
          decision.hasExplorationFloor()
              ? decision.getExplorationFloor()
              : surface.explorationFloor();
      explanation.addAllFacts(PolicyFacts.of(surface, config, floor));
    }
    List<List<ActionExplanation.Builder>> actions = new ArrayList<>();
    logged.forEach(slot -> actions.add(slot.actions(decision)));
    Policy policy = null;
    try {
      policy = policy(config, actions, limit);
    } catch (IllegalArgumentException | IllegalStateException e) {
      note("version " + decision.getModelVersion() + " cannot be asked: " + e.getMessage());
    }
    Reproduction reproduction =
        policy == null ? Reproduction.getDefaultInstance() : redraw(policy, actions);
    for (LoggedSlot slot : logged) {
      explanation.addSlots(told(slot, actions.get(slot.index())));
    }
    if (slotsTold() < logged.size()) {
      note(
          "actions of the first %d slots only: at most %d in all"
              .formatted(slotsTold(), ACTIONS_BOUND));
    }
    return new Explained(explanation.build(), reproduction);
  }

  /** The policy as it was, as far as that is known. */
  private @Nullable PolicyConfig config() {
    PolicyConfig config = null;
    for (PolicyConfig each : surface == null ? List.<PolicyConfig>of() : surface.policies()) {
      config = each.getName().equals(decision.getPolicy()) ? each : config;
    }
    if (surface == null) {
      note("surface " + decision.getSurface() + " is not configured any more");
    } else if (config == null) {
      note("policy " + decision.getPolicy() + " is not configured any more");
    }
    if (config == null || model == null || !config.hasVowpalWabbit()) {
      return config;
    }
    String now = config.getVowpalWabbit().getArguments();
    if (!now.equals(model.arguments())) {
      note("the policy's command line was " + model.arguments() + ", and is now " + now);
    }
    return config.toBuilder()
        .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(model.arguments()))
        .build();
  }

  /** What predicts as it did then; null: nothing that is at hand. */
  private @Nullable Policy policy(
      @Nullable PolicyConfig config, List<List<ActionExplanation.Builder>> actions, int limit) {
    if (model != null) {
      if (!Learners.isVowpalWabbit(model.arguments())) {
        return ServablePolicies.of(model);
      }
      ScoreParts parts =
          new ScoreParts(model.arguments(), VowpalWabbitModel.parse(model.bytes().toByteArray()));
      tell(parts, actions, limit);
      return parts.scorer();
    }
    if (decision.getModelVersion() > 0) {
      note(
          "version %d of %s/%s is not held any more: this is what the decision's record alone says"
              .formatted(decision.getModelVersion(), decision.getSurface(), decision.getPolicy()));
      return null;
    }
    if (config == null) {
      return null;
    }
    return FixedPolicies.of(config)
        .orElseGet(
            () -> {
              note("the policy had no model yet: every action alike");
              return FixedPolicies.of(UNIFORM).orElseThrow();
            });
  }

  private void tell(ScoreParts parts, List<List<ActionExplanation.Builder>> actions, int limit) {
    int share = CONTRIBUTIONS_BOUND / (logged.size() * decision.getActionsCount());
    int each = Math.min(limit, share);
    if (each < limit) {
      note(
          "%d contributions an action, not %d: at most %d in all"
              .formatted(each, limit, CONTRIBUTIONS_BOUND));
    }
    Example example = Example.of(decision);
    for (LoggedSlot slot : logged) {
      parts.tell(example, slot.earlier(), each, actions.get(slot.index()));
    }
    if (parts.stopped()) {
      note(
          "contributions are not complete: stopped after %d features and products"
              .formatted(ScoreParts.VISITS_BOUND));
    }
  }

  private Reproduction redraw(Policy policy, List<List<ActionExplanation.Builder>> actions) {
    OptionalDouble floor = floor();
    if (floor.isEmpty()) {
      note("not made again: its exploration floor was not logged, and the surface is gone");
      return Reproduction.getDefaultInstance();
    }
    if (!logged.stream().allMatch(LoggedSlot::hasProbabilities)) {
      note("not made again: the record has no probabilities");
      return Reproduction.getDefaultInstance();
    }
    Redraw again = Redraw.of(decision, policy, floor.getAsDouble());
    for (LoggedSlot slot : logged) {
      double[] own = again.slots().get(slot.index()).policyProbabilities();
      for (int action = 0; action < own.length; action++) {
        actions.get(slot.index()).get(action).setPolicyProbability(own[action]);
      }
    }
    if (decision.hasRetrieval()) {
      note("which items were candidates is as logged, not retrieved again");
    }
    if (decision.getConstraintsCount() > 0) {
      note("what constraints arrange behind the draw is as logged, not made again");
    }
    return Comparison.of(decision, logged, again);
  }

  /**
   * As it was; of a decision that did not log it the surface's of now, empty where that is gone.
   */
  private OptionalDouble floor() {
    double now = surface == null ? Double.NaN : surface.explorationFloor();
    if (!decision.hasExplorationFloor()) {
      if (surface != null) {
        note("its exploration floor was not logged: made again with that of now");
      }
      return surface == null ? OptionalDouble.empty() : OptionalDouble.of(now);
    }
    double then = decision.getExplorationFloor();
    if (surface != null && then != now) {
      note("the exploration floor was %s, and is now %s".formatted(then, now));
    }
    return OptionalDouble.of(then);
  }

  private int slotsTold() {
    return Math.min(logged.size(), ACTIONS_BOUND / decision.getActionsCount());
  }

  private SlotExplanation told(LoggedSlot slot, List<ActionExplanation.Builder> actions) {
    SlotExplanation.Builder told =
        SlotExplanation.newBuilder().setSlotId(slot.id()).setDraw(slot.draw(decision));
    if (slot.index() >= slotsTold()) {
      return told.build();
    }
    boolean[] taken = new boolean[actions.size()];
    for (int action : slot.earlier()) {
      taken[action] = true;
    }
    for (int action = 0; action < taken.length; action++) {
      if (!taken[action]) {
        told.addActions(actions.get(action));
      }
    }
    return told.build();
  }

  private void note(String note) {
    explanation.addNotes(note);
  }
}
