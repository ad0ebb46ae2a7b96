package io.waggle.core.rank;

import io.waggle.core.constraint.Restriction;
import io.waggle.core.declared.DeclaredFeatures;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.ServingModels;
import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.Decision;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankResponse;
import io.waggle.v1.Session;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ranks: chooses the policy, predicts, applies the floor, draws. The one ranker of the service and
 * the session job. Any thread.
 *
 * <p>The same surface, input, items and model versions give the same decision, byte for byte: time
 * and ids come with the input, the draw is seeded from surface and decision id. A surface that
 * declares a number in the form {@code online} is the exception, see {@link DeclaredFeatures}. What
 * was known of the items is in the decision's actions.
 */
public final class Ranker {
  /** Policies kept prepared; above it (surfaces changed very often) all are prepared anew. */
  private static final int FIXED_POLICIES_BOUND = 4_096;

  private static final ServingModels.Version NO_MODEL = new ServingModels.Version(0, 0, 0);

  /** Answers while a learner has no model. */
  private static final Policy UNIFORM = example -> uniform(example.actions().size());

  private final ServingModels models;
  private final DeclaredFeatures declared;
  private final ConcurrentMap<PolicyConfig, Optional<Policy>> fixedPolicies =
      new ConcurrentHashMap<>();
  private final SurfaceConstraints constraints = new SurfaceConstraints();
  private final Retrieval retrieval = new Retrieval(constraints);

  /**
   * The decision to log and the answer to give.
   *
   * @param preferred ids of all that is shown, in the order the policy and the constraints prefer,
   *     whatever was drawn; made when asked for
   */
  public record Ranked(
      Decision decision, RankResponse response, Supplier<List<String>> preferred) {}

  /** The policy that decides, and its model; version 0: no model. */
  private record Chooser(String name, Policy policy, ServingModels.Version model) {}

  /** Of actions that are all there is to know. */
  public Ranker(ServingModels models) {
    this(models, ItemSource.NONE);
  }

  /** The same with what is known of the actions' items. */
  public Ranker(ServingModels models, ItemSource items) {
    this.models = models;
    this.declared = new DeclaredFeatures(items);
  }

  /**
   * Ranks the actions.
   *
   * @throws IllegalArgumentException as {@code field: rule} when there is nothing to rank, or a
   *     feature that no policy can bear
   */
  public Ranked rank(Surface surface, RankInput input) {
    requireSlots(surface, input);
    Chooser chooser = chooser(surface, input);
    DeclaredFeatures.Request known =
        declared.request(
            surface.config(),
            surface.session().gap(),
            input.session(),
            input.context(),
            input.timeMillis());
    List<Namespace> session =
        join(
            SessionFeatures.of(input.session(), input.timeMillis(), surface.session()),
            known.shared());
    Candidates candidates =
        input.items() == null
            ? Candidates.given(surface, input)
            : retrieval.retrieve(surface, input, known, session, chooser.policy());
    List<Action> encoded = known.actions(candidates.actions());
    Restriction restriction = constraints.restrict(surface, input, encoded, session);
    List<Action> actions = restriction == null ? encoded : restriction.actions();
    List<Slot> slots =
        restriction == null ? input.slots() : input.slots().subList(0, restriction.slots());
    Example example = new Example(input.context(), session, actions, input.timeMillis(), slots);
    long seed = Exploration.seed(surface.name(), input.decisionId());
    List<FilledSlot> filled = fill(surface, chooser.policy(), example, seed, restriction);
    FilledSlot first = filled.get(0);
    int[] order = FilledSlot.order(filled);
    if (restriction != null) {
      order = restriction.shown(order, filled.size());
    }
    Decision.Builder decision =
        decision(surface, input, chooser.model().version())
            .addAllSession(session)
            .addAllActions(actions)
            .setPropensity(first.propensity())
            .setPolicy(chooser.name())
            .setSeed(seed)
            .setExplorationFloor(surface.explorationFloor());
    // One by one: a list of boxed numbers costs as much as the draw.
    for (int action : order) {
      decision.addOrder(action);
    }
    for (double probability : first.probabilities()) {
      decision.addProbabilities(probability);
    }
    for (int slot = 0; slot < slots.size(); slot++) {
      decision.addSlots(slot(slots.get(slot), filled.get(slot)));
    }
    if (restriction != null) {
      decision.addAllConstraints(restriction.effects());
      ActionFactors factors = slots.isEmpty() ? first.factors().logged() : null;
      if (factors != null) {
        decision.setFactors(factors);
      }
    }
    if (candidates.retrieval() != null) {
      decision.setRetrieval(candidates.retrieval().toBuilder().setRanked(actions.size()));
    }
    Decision made = decision.build();
    return new Ranked(
        made,
        RankAnswer.of(made, chooser.model(), input.session()),
        () -> preferred(first, actions, restriction));
  }

  private static List<String> preferred(
      FilledSlot first, List<Action> actions, @Nullable Restriction restriction) {
    return restriction == null
        ? Arrays.stream(first.order()).mapToObj(action -> actions.get(action).getId()).toList()
        : restriction.preferred(first.order());
  }

  private static List<Namespace> join(List<Namespace> session, List<Namespace> declared) {
    if (declared.isEmpty()) {
      return session;
    }
    List<Namespace> all = new ArrayList<>(session.size() + declared.size());
    all.addAll(session);
    all.addAll(declared);
    return all;
  }

  private static void requireSlots(Surface surface, RankInput input) {
    if (surface.multiSlot() && input.slots().isEmpty()) {
      throw new IllegalArgumentException(
          "slots: none given, and surface " + surface.name() + " fills several slots");
    }
    if (!surface.multiSlot() && !input.slots().isEmpty()) {
      throw new IllegalArgumentException(
          "slots: "
              + input.slots().size()
              + " given, and surface "
              + surface.name()
              + " makes one ranking");
    }
  }

  private static SlotDecision slot(Slot slot, FilledSlot filled) {
    SlotDecision.Builder decision =
        SlotDecision.newBuilder()
            .setSlot(slot)
            .setAction(filled.action())
            .setPropensity(filled.propensity())
            .addAllProbabilities(Arrays.stream(filled.probabilities()).boxed().toList());
    ActionFactors factors = filled.factors().logged();
    return factors == null ? decision.build() : decision.setFactors(factors).build();
  }

  private static List<FilledSlot> fill(
      Surface surface,
      Policy policy,
      Example example,
      long seed,
      @Nullable Restriction restriction) {
    String problem = example.problem();
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return FilledSlot.fill(policy, example, surface.explorationFloor(), seed, restriction);
  }

  /** One version of one policy retrieves and draws. */
  private Chooser chooser(Surface surface, RankInput input) {
    String name = TrafficSplit.policy(surface, input.userId(), input.decisionId());
    Optional<Policy> fixed = fixedPolicy(surface.policy(name));
    if (fixed.isPresent()) {
      return new Chooser(name, fixed.get(), NO_MODEL);
    }
    ServingModels.Current current = models.find(surface.name(), name);
    return current == null
        ? new Chooser(name, UNIFORM, NO_MODEL)
        : new Chooser(name, current.policy(), current.version());
  }

  private Optional<Policy> fixedPolicy(PolicyConfig config) {
    Optional<Policy> known = fixedPolicies.get(config);
    if (known != null) {
      return known;
    }
    if (fixedPolicies.size() >= FIXED_POLICIES_BOUND) {
      fixedPolicies.clear();
    }
    return fixedPolicies.computeIfAbsent(config, FixedPolicies::of);
  }

  private static Prediction uniform(int actions) {
    double[] probabilities = new double[actions];
    Arrays.fill(probabilities, 1.0 / actions);
    int[] order = new int[actions];
    Arrays.setAll(order, i -> i);
    return new Prediction(probabilities, order);
  }

  private static Decision.Builder decision(Surface surface, RankInput input, long modelVersion) {
    Session session = input.session();
    return Decision.newBuilder()
        .setDecisionId(input.decisionId())
        .setSurface(surface.name())
        .setUserId(input.userId())
        .setEventTimeMillis(input.timeMillis())
        .addAllContext(input.context())
        .setModelVersion(modelVersion)
        .setDeferred(input.deferred())
        .setSessionVersion(session == null ? 0 : session.getVersion());
  }
}
