package io.waggle.core.feature;

import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session as learner features: namespace {@code session}. Pure. */
public final class SessionFeatures {
  private SessionFeatures() {}

  /**
   * Features as of {@code nowMillis}; empty for no session. Decay and session expiry (gap) are
   * applied as of now.
   */
  public static List<Namespace> of(@Nullable Session session, long nowMillis, long gapMillis) {
    throw new UnsupportedOperationException(session + " " + nowMillis + gapMillis);
  }
}
