package io.waggle.server.policies;

import io.waggle.core.model.ServingModels;
import org.jspecify.annotations.Nullable;

/** Tells which model version of a policy is served, and which was refused. Any thread. */
public interface VersionLookup {
  /** The version being served or null when there is none. */
  ServingModels.@Nullable Version serving(String surface, String policy);

  /** The newest version refused since the one being served, or null. */
  ServingModels.@Nullable Refused refused(String surface, String policy);
}
