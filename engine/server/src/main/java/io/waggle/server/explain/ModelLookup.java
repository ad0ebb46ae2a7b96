package io.waggle.server.explain;

import io.waggle.state.model.ServableModel;
import org.jspecify.annotations.Nullable;

/** Finds the model that a policy is served with. Any thread. */
@FunctionalInterface
public interface ModelLookup {
  /** The model or null when there is none. */
  @Nullable ServableModel find(String surface, String policy);
}
