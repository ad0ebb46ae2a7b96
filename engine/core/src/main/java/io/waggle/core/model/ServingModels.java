package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.state.model.ServableModel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that answer requests: one current version per surface and policy behind one reference,
 * swapped atomically. Any number of readers, which never wait and share the version; one writer (a
 * second one waits). No native code. During a swap two versions are in memory, and for as long as a
 * reader is in the old one.
 */
public final class ServingModels {
  private static final Logger LOGGER = LoggerFactory.getLogger(ServingModels.class);

  private final ConcurrentMap<Key, Serving> current = new ConcurrentHashMap<>();
  private final Function<ServableModel, Policy> loader;
  private final BiConsumer<ServableModel, String> refusals;
  private final AtomicLong refused = new AtomicLong();
  private final ConcurrentMap<Key, Refused> newestRefused = new ConcurrentHashMap<>();

  /** A prediction and the version that made it. */
  public record Served(
      Prediction prediction, long version, long eventsLearned, long createdMillis) {}

  /** What is known of the version being served. */
  public record Version(long version, long eventsLearned, long createdMillis) {
    private static Version of(ServableModel model) {
      return new Version(model.version(), model.eventsLearned(), model.createdMillis());
    }
  }

  /** The policy being served, and which version of it that is. */
  public record Current(Policy policy, Version version) {}

  /** A version that was refused or left alone, and why, for people. */
  public record Refused(long version, String reason) {}

  private record Key(String surface, String policy) {}

  private record Serving(ServableModel model, Version version, Policy policy) {}

  /** Serves every kind of learner that can be scored here. */
  public ServingModels() {
    this((model, reason) -> {});
  }

  /**
   * Serves every kind of learner that can be scored here.
   *
   * @param refusals told of each version refused, and why; called on the thread of {@link #apply}
   */
  public ServingModels(BiConsumer<ServableModel, String> refusals) {
    this(ServablePolicies::of, refusals);
  }

  ServingModels(
      Function<ServableModel, Policy> loader, BiConsumer<ServableModel, String> refusals) {
    this.loader = loader;
    this.refusals = refusals;
  }

  /**
   * Puts a version into service; the old one stays when the new one cannot be read, holds a number
   * that is none or does not give valid probabilities (counted and remembered as refused), or is
   * not newer. True: it serves now. Versions of a learner that is not scored here, as a candidate
   * may be, are left alone: remembered for people, but nothing is wrong with them.
   */
  public synchronized boolean apply(ServableModel model) {
    Key key = new Key(model.surface(), model.policy());
    Serving old = current.get(key);
    if (old != null && model.version() <= old.version().version()) {
      return false;
    }
    String unscored = ServablePolicies.problem(model.arguments());
    if (unscored != null) {
      leaveAlone(key, model, "it can be evaluated, but not answer requests: " + unscored);
      return false;
    }
    Policy policy;
    try {
      policy = loader.apply(model);
      Probes.ask(policy, VowpalWabbitArguments.severalSlots(model.arguments()));
    } catch (IllegalArgumentException | IllegalStateException e) {
      refuse(key, model, String.valueOf(e.getMessage()));
      return false;
    }
    current.put(key, new Serving(model, Version.of(model), policy));
    newestRefused.remove(key);
    return true;
  }

  private void leaveAlone(Key key, ServableModel model, String reason) {
    Refused before = newestRefused.put(key, new Refused(model.version(), reason));
    if (before == null || !before.reason().equals(reason)) {
      LOGGER.info("Versions of {}/{} do not serve: {}", model.surface(), model.policy(), reason);
    }
  }

  private void refuse(Key key, ServableModel model, String reason) {
    refused.incrementAndGet();
    newestRefused.put(key, new Refused(model.version(), reason));
    LOGGER.warn(
        "Refused version {} of {}/{}: {}",
        model.version(),
        model.surface(),
        model.policy(),
        reason);
    refusals.accept(model, reason);
  }

  /** Takes a policy's version out of service, if there is one; later calls find none. */
  public synchronized void remove(String surface, String policy) {
    Key key = new Key(surface, policy);
    newestRefused.remove(key);
    current.remove(key);
  }

  /**
   * Predicts with the current version; null when there is none.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example is
   *     unfit
   * @throws IllegalStateException when the model gives no valid probabilities
   */
  public @Nullable Served predict(String surface, String policy, Example example) {
    Serving serving = current.get(new Key(surface, policy));
    if (serving == null) {
      return null;
    }
    Version version = serving.version();
    return new Served(
        serving.policy().predict(example),
        version.version(),
        version.eventsLearned(),
        version.createdMillis());
  }

  /**
   * The current version, for predictions that belong together, whatever serves meanwhile; null when
   * there is none.
   */
  public @Nullable Current find(String surface, String policy) {
    Serving serving = current.get(new Key(surface, policy));
    return serving == null ? null : new Current(serving.policy(), serving.version());
  }

  /** The version being served; null when there is none. */
  public @Nullable Version version(String surface, String policy) {
    Serving serving = current.get(new Key(surface, policy));
    return serving == null ? null : serving.version();
  }

  /** The model being served, bytes included; null when there is none. */
  public @Nullable ServableModel model(String surface, String policy) {
    Serving serving = current.get(new Key(surface, policy));
    return serving == null ? null : serving.model();
  }

  /** The newest version refused or left alone since the one being served; null: there is none. */
  public @Nullable Refused refused(String surface, String policy) {
    return newestRefused.get(new Key(surface, policy));
  }

  /** Versions refused so far; those left alone are none of them. */
  public long refused() {
    return refused.get();
  }
}
