package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import io.waggle.state.model.ServableModel;
import org.jspecify.annotations.Nullable;

/**
 * The models that answer requests: one current version per surface and policy behind one reference,
 * swapped atomically; an old version is closed when its last reader has left. Any number of
 * readers, one writer.
 */
public final class ServingModels implements AutoCloseable {
  /** A prediction and the version that made it. */
  public record Served(
      Prediction prediction, long version, long eventsLearned, long createdMillis) {}

  /** What is known of the version being served. */
  public record Version(long version, long eventsLearned, long createdMillis) {}

  /**
   * Puts a version into service; the old one stays when the new one cannot be loaded or does not
   * give finite probabilities. True: it serves now.
   */
  public boolean apply(ServableModel model) {
    throw new UnsupportedOperationException(model.policy());
  }

  /** Predicts with the current version; null when there is none. */
  public @Nullable Served predict(String surface, String policy, Example example) {
    throw new UnsupportedOperationException(surface + policy + example.actions());
  }

  /** The version being served; null when there is none. */
  public @Nullable Version version(String surface, String policy) {
    throw new UnsupportedOperationException(surface + policy);
  }

  /** Versions refused so far. */
  public long refused() {
    return 0;
  }

  @Override
  public void close() {}
}
