package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
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
  private final int scorersBound;
  private final AtomicLong refused = new AtomicLong();
  private boolean closed;

  /** A prediction and the version that made it. */
  public record Served(
      Prediction prediction, long version, long eventsLearned, long createdMillis) {}

  /** What is known of the version being served. */
  public record Version(long version, long eventsLearned, long createdMillis) {}

  private record Key(String surface, String policy) {}

  /** Serves every kind of learner. */
  public ServingModels() {
    this(
        model ->
            Learners.open(
                model.arguments(),
                model.bytes().toByteArray(),
                VowpalWabbitLearner.DEFAULT_MIN_PROPENSITY),
        Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  ServingModels(Function<ServableModel, Learner> loader, int scorersBound) {
    this.loader = loader;
    this.scorersBound = scorersBound;
  }

  /**
   * Puts a version into service; the old one stays when the new one cannot be loaded or does not
   * give finite probabilities (counted as refused), or is not newer. True: it serves now.
   */
  public synchronized boolean apply(ServableModel model) {
    Key key = new Key(model.surface(), model.policy());
    ServingVersion old = current.get(key);
    if (closed || (old != null && model.version() <= old.model().version())) {
      return false;
    }
    ServingVersion next = new ServingVersion(model, loader, scorersBound);
    try {
      next.prepare(probe());
      while (old != null && next.scorers() < old.scorers()) {
        next.prepare(null);
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      next.release();
      refused.incrementAndGet();
      LOGGER.warn(
          "Refused version {} of {}/{}: {}",
          model.version(),
          model.surface(),
          model.policy(),
          e.getMessage());
      return false;
    }
    current.put(key, next);
    if (old != null) {
      old.release();
    }
    return true;
  }

  /**
   * Predicts with the current version; null when there is none.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example is
   *     unfit
   * @throws IllegalStateException when the model gives no valid probabilities
   */
  public @Nullable Served predict(String surface, String policy, Example example) {
    ServingVersion version = hold(new Key(surface, policy));
    if (version == null) {
      return null;
    }
    try {
      ServableModel model = version.model();
      return new Served(
          version.predict(example), model.version(), model.eventsLearned(), model.createdMillis());
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
   * The current version with a hold on it. A version retired in between has a successor: look
   * again.
   */
  private @Nullable ServingVersion hold(Key key) {
    ServingVersion version = current.get(key);
    while (version != null && !version.hold()) {
      Thread.onSpinWait();
      version = current.get(key);
    }
    return version;
  }

  /** Two actions, one shared number and one shared text: enough to see whether a model answers. */
  private static Example probe() {
    Namespace context =
        Namespace.newBuilder()
            .setName("context")
            .addFeatures(
                Feature.newBuilder()
                    .setName("number")
                    .setValue(FeatureValue.newBuilder().setNumber(0.5)))
            .addFeatures(
                Feature.newBuilder()
                    .setName("text")
                    .setValue(FeatureValue.newBuilder().setText("a")))
            .build();
    return new Example(
        List.of(context),
        List.of(),
        List.of(
            Action.newBuilder().setId("first").build(),
            Action.newBuilder().setId("second").build()));
  }
}
