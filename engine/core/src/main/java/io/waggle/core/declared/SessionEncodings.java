package io.waggle.core.declared;

import io.waggle.state.feature.SeenItems;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FirstInteraction;
import io.waggle.v1.Session;

/** How an aspect of the session is encoded. A session that is over has a length of 0. */
final class SessionEncodings {
  private SessionEncodings() {}

  static SharedEncoding of(FeatureConfig feature) {
    String name = feature.getName();
    return switch (feature.getSession().getAspect()) {
      case SESSION_ASPECT_LENGTH ->
          (out, state, at) ->
              out.text(name, Buckets.count(at.lasts() ? at.session().getLength() : 0));
      case SESSION_ASPECT_COUNT ->
          (out, state, at) ->
              out.text(name, Buckets.count(at.session().getSessionCount() + (at.lasts() ? 0 : 1)));
      case SESSION_ASPECT_POSITION ->
          (out, state, at) ->
              out.text(
                  name,
                  Buckets.count(
                      at.lasts()
                          ? SeenItems.distinct(
                              state.getSession().getRankings(), at.session().getStartedMillis())
                          : 0));
      case SESSION_ASPECT_AGE ->
          (out, state, at) -> {
            if (at.lasts()) {
              out.text(name, Buckets.time(at.timeMillis() - at.session().getStartedMillis()));
            }
          };
      case SESSION_ASPECT_DWELL -> (out, state, at) -> dwell(out, name, at);
      case SESSION_ASPECT_ENTRY ->
          (out, state, at) -> {
            if (at.lasts()) {
              entry(out, feature, state.getSession().getEntriesList(), at.session());
            }
          };
      case SESSION_ASPECT_UNSPECIFIED, UNRECOGNIZED -> (out, state, at) -> {};
    };
  }

  /** The pauses of the session are its length in time, cut at each interaction but the first. */
  private static void dwell(FeatureOutput out, String name, Situation at) {
    Session session = at.session();
    if (at.lasts() && session.getLength() > 1) {
      long spanMillis = session.getLastMillis() - session.getStartedMillis();
      out.text(name, Buckets.time(spanMillis / (session.getLength() - 1)));
    }
  }

  private static void entry(
      FeatureOutput out,
      FeatureConfig feature,
      Iterable<FirstInteraction> entries,
      Session session) {
    // Until the surface's next interaction the entries of two joined sessions are both there: the
    // first is the earlier one.
    for (FirstInteraction entry : entries) {
      if (entry.getTimeMillis() >= session.getStartedMillis()) {
        out.text(feature.getName() + "_type", entry.getType());
        if (!entry.getCategory().isEmpty()) {
          out.text(feature.getName() + "_category", entry.getCategory());
        }
        return;
      }
    }
  }
}
