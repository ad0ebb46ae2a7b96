package io.waggle.jobs.learn;

import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which published versions go to the registry: of each policy at most one in a stretch of time, the
 * newest of it, and at once those that have a cause of their own (a rollback, a warm-up, a merge).
 * So the newest version gets there also when nothing is learned any more. Holds the bytes of at
 * most one version per policy. One thread.
 */
final class VersionPace {
  private final @Nullable Duration every;
  private final Map<String, Policy> policies = new HashMap<>();

  private static final class Policy {
    private final String surface;
    private long keptAtMillis = Long.MIN_VALUE;
    private @Nullable ServableModel waiting;

    Policy(String surface) {
      this.surface = surface;
    }

    boolean waitsIn(String name) {
      return waiting != null && surface.equals(name);
    }
  }

  /**
   * @param every null: none goes, there is no registry
   */
  VersionPace(@Nullable Duration every) {
    this.every = every;
  }

  /** A version was published. */
  void published(ServableModel model, long nowMillis, Consumer<ServableModel> registry) {
    if (every == null) {
      return;
    }
    Policy policy =
        policies.computeIfAbsent(
            model.surface() + "/" + model.policy(), name -> new Policy(model.surface()));
    policy.waiting = model;
    if (model.lineage().getCause() != ModelCause.MODEL_CAUSE_UNSPECIFIED
        || dueMillis(policy) <= nowMillis) {
      keep(policy, nowMillis, registry);
    }
  }

  /** Hands over the versions of a surface whose time has come. */
  void run(String surface, long nowMillis, Consumer<ServableModel> registry) {
    for (Policy policy : waiting(surface)) {
      if (dueMillis(policy) <= nowMillis || nowMillis < policy.keptAtMillis) {
        keep(policy, nowMillis, registry);
      }
    }
  }

  /** The same whatever the time: the surface's input has ended. */
  void runLast(String surface, long nowMillis, Consumer<ServableModel> registry) {
    waiting(surface).forEach(policy -> keep(policy, nowMillis, registry));
  }

  /**
   * When a version of a surface is due; {@link Long#MAX_VALUE}: none waits. Asked at each decision.
   */
  long dueMillis(String surface) {
    long due = Long.MAX_VALUE;
    for (Policy policy : policies.values()) {
      if (policy.waitsIn(surface)) {
        due = Math.min(due, dueMillis(policy));
      }
    }
    return due;
  }

  private List<Policy> waiting(String surface) {
    List<Policy> waiting = new ArrayList<>();
    for (Policy policy : policies.values()) {
      if (policy.waitsIn(surface)) {
        waiting.add(policy);
      }
    }
    return waiting;
  }

  private long dueMillis(Policy policy) {
    return every == null || policy.keptAtMillis == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : policy.keptAtMillis + every.toMillis();
  }

  private static void keep(Policy policy, long nowMillis, Consumer<ServableModel> registry) {
    ServableModel model = policy.waiting;
    policy.waiting = null;
    policy.keptAtMillis = nowMillis;
    if (model != null) {
      registry.accept(model);
    }
  }
}
