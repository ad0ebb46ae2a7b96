package io.waggle.core.declared;

import io.waggle.v1.FeatureState;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceFeatureStates;
import java.util.List;

/**
 * What a request's features are computed from. Immutable; one request.
 *
 * @param surface the surface that is ranked for
 * @param timeMillis the request's time, or that of the session's newest interaction where the
 *     request is stamped before it
 * @param session the user's session; the default instance where none is known
 * @param lasts true: the current session goes on, an interaction now would be part of it
 * @param states what the surface's features keep of the user
 * @param context what the request has
 * @param items what is known of items
 */
record Situation(
    String surface,
    long timeMillis,
    Session session,
    boolean lasts,
    SurfaceFeatureStates states,
    List<Namespace> context,
    ItemSource items) {

  /** A user's situation as of a request's time. */
  static Situation of(
      String surface,
      Session session,
      long gapMillis,
      List<Namespace> context,
      long requestMillis,
      ItemSource items) {
    long timeMillis = Math.max(requestMillis, session.getLastMillis());
    boolean lasts = session.getVersion() > 0 && timeMillis - session.getLastMillis() <= gapMillis;
    SurfaceFeatureStates states = SurfaceFeatureStates.getDefaultInstance();
    for (SurfaceFeatureStates each : session.getFeatures().getSurfacesList()) {
      if (each.getSurface().equals(surface)) {
        states = each;
      }
    }
    return new Situation(surface, timeMillis, session, lasts, states, context, items);
  }

  /** What a feature of that name, version and kind keeps; the default instance where nothing. */
  FeatureState state(String name, int version, FeatureState.KindCase kind) {
    for (FeatureState state : states.getFeaturesList()) {
      if (state.getVersion() == version
          && state.getKindCase() == kind
          && state.getName().equals(name)) {
        return state;
      }
    }
    return FeatureState.getDefaultInstance();
  }
}
