package io.waggle.server.policies;

import io.waggle.core.model.ServingModels.Version;
import org.jspecify.annotations.Nullable;

/** Tells which model version of a policy is served. Any thread. */
@FunctionalInterface
public interface VersionLookup {
  /** The version or null when there is none. */
  @Nullable Version find(String surface, String policy);
}
