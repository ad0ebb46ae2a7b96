package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.state.model.ServableModel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models that answer requests: one current version per surface and policy behind one reference,
 * swapped atomically; an old version is closed when its last reader has left. Any number of
 * readers, one writer (a second one waits).
 *
 * <p>A version has at most {@code max(2, processors)} native scorers, made as concurrent readers
 * need them; the next version is given as many before it serves, so that its readers do not pay for
 * loading. Further readers wait for a scorer, not in order of arrival. During a swap two versions
 * are in memory.
 */
public final class ServingModels implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ServingModels.class);

  private final ConcurrentMap<Key, ServingVersion> current = new ConcurrentHashMap<>();
  private final Function<ServableModel, Learner> loader;
  private final Consumer<ServableModel> soundness;
  private final int scorersBound;
  private final BiConsumer<ServableModel, String> refusals;
  private final AtomicLong refused = new AtomicLong();
  private final ConcurrentMap<Key, Refused> newestRefused = new ConcurrentHashMap<>();
  private boolean closed;

  /** A prediction and the version that made it. */
  public record Served(
      Prediction prediction, long version, long eventsLearned, long createdMillis) {}

  /** What is known of the version being served. */
  public record Version(long version, long eventsLearned, long createdMillis) {}

  /** What was made of the version being served, and which it was. */
  public record Used<T>(T result, Version version) {}

  /** A version that was refused, and why, for people. */
  public record Refused(long version, String reason) {}

  private record Key(String surface, String policy) {}

  /** Serves every kind of learner. */
  public ServingModels() {
    this((model, reason) -> {});
  }

  /**
   * Serves every kind of learner.
   *
   * @param refusals told of each version refused, and why; called on the thread of {@link #apply}
   */
  public ServingModels(BiConsumer<ServableModel, String> refusals) {
    this(
        model ->
            Learners.open(
                model.arguments(),
                model.bytes().toByteArray(),
                VowpalWabbitLearner.DEFAULT_MIN_PROPENSITY),
        ModelSoundness::check,
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        refusals);
  }

  ServingModels(Function<ServableModel, Learner> loader, int scorersBound) {
    this(loader, model -> {}, scorersBound, (model, reason) -> {});
  }

  private ServingModels(
      Function<ServableModel, Learner> loader,
      Consumer<ServableModel> soundness,
      int scorersBound,
      BiConsumer<ServableModel, String> refusals) {
    this.loader = loader;
    this.soundness = soundness;
    this.scorersBound = scorersBound;
    this.refusals = refusals;
  }

  /**
   * Puts a version into service; the old one stays when the new one cannot be loaded, holds a
   * number that is none or does not give valid probabilities (counted and remembered as refused),
   * or is not newer. True: it serves now.
   */
  public synchronized boolean apply(ServableModel model) {
    Key key = new Key(model.surface(), model.policy());
    ServingVersion old = current.get(key);
    if (closed || (old != null && model.version() <= old.model().version())) {
      return false;
    }
    ServingVersion next = new ServingVersion(model, loader, scorersBound);
    try {
      soundness.accept(model);
      next.prepare(Probes::ask);
      while (old != null && next.scorers() < old.scorers()) {
        next.prepare(scorer -> {});
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      next.release();
      refused.incrementAndGet();
      newestRefused.put(key, new Refused(model.version(), String.valueOf(e.getMessage())));
      LOGGER.warn(
          "Refused version {} of {}/{}: {}",
          model.version(),
          model.surface(),
          model.policy(),
          e.getMessage());
      refusals.accept(model, String.valueOf(e.getMessage()));
      return false;
    }
    current.put(key, next);
    newestRefused.remove(key);
    if (old != null) {
      old.release();
    }
    return true;
  }

  /** Takes a policy's version out of service, if there is one; later calls find none. */
  public synchronized void remove(String surface, String policy) {
    Key key = new Key(surface, policy);
    newestRefused.remove(key);
    ServingVersion old = current.remove(key);
    if (old != null) {
      old.release();
    }
  }

  /**
   * Predicts with the current version; null when there is none.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example is
   *     unfit
   * @throws IllegalStateException when the model gives no valid probabilities
   */
  public @Nullable Served predict(String surface, String policy, Example example) {
    Used<Prediction> used = use(surface, policy, scorer -> scorer.predict(example));
    if (used == null) {
      return null;
    }
    Version version = used.version();
    return new Served(
        used.result(), version.version(), version.eventsLearned(), version.createdMillis());
  }

  /**
   * Uses the current version for several predictions that belong together; null when there is none.
   *
   * @param use gets a scorer for the time of the call, on the caller's thread; what it throws comes
   *     out here
   */
  public <T> @Nullable Used<T> use(String surface, String policy, Function<Policy, T> use) {
    ServingVersion version = hold(new Key(surface, policy));
    if (version == null) {
      return null;
    }
    try {
      ServableModel model = version.model();
      return new Used<>(
          version.use(use),
          new Version(model.version(), model.eventsLearned(), model.createdMillis()));
    } finally {
      version.release();
    }
  }

  /** The version being served; null when there is none. */
  public @Nullable Version version(String surface, String policy) {
    ServingVersion version = current.get(new Key(surface, policy));
    if (version == null) {
      return null;
    }
    ServableModel model = version.model();
    return new Version(model.version(), model.eventsLearned(), model.createdMillis());
  }

  /** The model being served, bytes included; null when there is none. */
  public @Nullable ServableModel model(String surface, String policy) {
    ServingVersion version = current.get(new Key(surface, policy));
    return version == null ? null : version.model();
  }

  /** The newest version refused since the one being served; null when there is none. */
  public @Nullable Refused refused(String surface, String policy) {
    return newestRefused.get(new Key(surface, policy));
  }

  /** Versions refused so far. */
  public long refused() {
    return refused.get();
  }

  /** Takes every version out of service; later calls find none and later versions are ignored. */
  @Override
  public synchronized void close() {
    closed = true;
    current.values().forEach(ServingVersion::release);
    current.clear();
  }

  /**
   * The current version with a hold on it. A version retired in between has a successor or was
   * removed: look again.
   */
  private @Nullable ServingVersion hold(Key key) {
    ServingVersion version = current.get(key);
    while (version != null && !version.hold()) {
      Thread.onSpinWait();
      version = current.get(key);
    }
    return version;
  }
}
