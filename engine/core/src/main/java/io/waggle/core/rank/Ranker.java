package io.waggle.core.rank;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.ServingModels;
import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.Session;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Ranks: chooses the policy, predicts, applies the floor, draws. The one ranker of the service and
 * the session job. Any thread.
 *
 * <p>The same surface, input and model versions give the same decision, byte for byte: time and ids
 * come with the input, the draw is seeded from surface and decision id.
 */
public final class Ranker {
  /** Policies kept prepared; above it (surfaces changed very often) all are prepared anew. */
  private static final int FIXED_POLICIES_BOUND = 4_096;

  private final ServingModels models;
  private final ConcurrentMap<PolicyConfig, Optional<Policy>> fixedPolicies =
      new ConcurrentHashMap<>();

  /** The decision to log and the answer to give. */
  public record Ranked(Decision decision, RankResponse response) {}

  /** What the policy says and which model said it; version 0: no model. */
  private record Answer(
      Prediction prediction, long modelVersion, long eventsLearned, long createdMillis) {}

  public Ranker(ServingModels models) {
    this.models = models;
  }

  /**
   * Ranks the actions.
   *
   * @throws IllegalArgumentException as {@code field: rule} when there is nothing to rank, or a
   *     feature that no policy can bear
   */
  public Ranked rank(Surface surface, RankInput input) {
    List<Action> actions = input.actions().isEmpty() ? surface.catalogue() : input.actions();
    if (actions.isEmpty()) {
      throw new IllegalArgumentException(
          "actions: none given, and surface " + surface.name() + " has no catalogue");
    }
    List<Namespace> session =
        SessionFeatures.of(input.session(), input.timeMillis(), surface.session());
    String policy = TrafficSplit.policy(surface, input.userId(), input.decisionId());
    Answer answer = answer(surface, policy, new Example(input.context(), session, actions));
    double[] probabilities = answer.prediction().probabilities();
    Exploration.applyFloor(probabilities, surface.explorationFloor());
    long seed = Exploration.seed(surface.name(), input.decisionId());
    int chosen = Exploration.draw(probabilities, seed);
    int[] order = chosenFirst(answer.prediction().order(), chosen);
    Decision decision =
        decision(surface, input, answer.modelVersion())
            .addAllSession(session)
            .addAllActions(actions)
            .addAllOrder(Arrays.stream(order).boxed().toList())
            .addAllProbabilities(Arrays.stream(probabilities).boxed().toList())
            .setPropensity(probabilities[chosen])
            .setPolicy(policy)
            .setSeed(seed)
            .build();
    return new Ranked(decision, response(decision, answer));
  }

  private Answer answer(Surface surface, String policy, Example example) {
    String problem = example.problem();
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    Optional<Policy> fixed = fixedPolicy(surface.policy(policy));
    if (fixed.isPresent()) {
      return new Answer(fixed.get().predict(example), 0, 0, 0);
    }
    ServingModels.Served served = models.predict(surface.name(), policy, example);
    if (served == null) {
      return new Answer(uniform(example.actions().size()), 0, 0, 0);
    }
    return new Answer(
        served.prediction(), served.version(), served.eventsLearned(), served.createdMillis());
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

  /** The chosen action, then the others as the policy orders them. */
  private static int[] chosenFirst(int[] order, int chosen) {
    int[] shown = new int[order.length];
    shown[0] = chosen;
    int next = 1;
    for (int action : order) {
      if (action != chosen) {
        shown[next++] = action;
      }
    }
    return shown;
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

  private static RankResponse response(Decision decision, Answer answer) {
    RankResponse.Builder response =
        RankResponse.newBuilder()
            .setDecisionId(decision.getDecisionId())
            .setChosenActionId(decision.getActions(decision.getOrder(0)).getId())
            .setPolicy(decision.getPolicy())
            .setModelVersion(answer.modelVersion())
            .setEventsLearned(answer.eventsLearned())
            .setSessionVersion(decision.getSessionVersion());
    if (answer.modelVersion() > 0) {
      response.setModelAgeMillis(
          Math.max(0, decision.getEventTimeMillis() - answer.createdMillis()));
    }
    for (int action : decision.getOrderList()) {
      response.addRanking(
          RankedAction.newBuilder()
              .setActionId(decision.getActions(action).getId())
              .setProbability(decision.getProbabilities(action)));
    }
    return response.build();
  }
}
