package io.waggle.server.explain;

import io.waggle.state.model.ServableModel;
import org.jspecify.annotations.Nullable;

/** Looks for a model version where versions are published. Takes seconds; any thread. */
@FunctionalInterface
public interface VersionSearch {
  /** Finds none. */
  VersionSearch NONE = (surface, policy, version) -> new Found(null, "nowhere");

  /**
   * What was found.
   *
   * @param model null: it was not there
   * @param looked where it was looked for or found, and why it was not found; for people
   */
  record Found(@Nullable ServableModel model, String looked) {}

  /** Looks for a version; what cannot be read is told in the answer. */
  Found find(String surface, String policy, long version);
}
