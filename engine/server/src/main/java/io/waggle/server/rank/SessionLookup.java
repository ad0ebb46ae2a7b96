package io.waggle.server.rank;

import io.waggle.v1.Session;
import org.jspecify.annotations.Nullable;

/** Finds a user's session. Any thread; answers from memory or local disk. */
@FunctionalInterface
public interface SessionLookup {
  /** The session or null when none is known. */
  @Nullable Session find(String userId);
}
