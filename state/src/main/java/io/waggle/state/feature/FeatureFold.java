package io.waggle.state.feature;

import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureState;
import io.waggle.v1.FeatureStates;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceFeatureStates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Folds an interaction into what the declared features of its surface keep of the user. Pure: same
 * inputs, same output; any thread. Everything it walks is bounded by the declaration ({@link
 * StateBounds}).
 *
 * <p>Interactions that are late for the session count here all the same, where what they belong to
 * is still kept: windows still open, decayed sums, newest values, sketches. What arrives twice is
 * the session fold's to drop.
 *
 * <p>A declaration changes between two runs of the job: what it no longer names goes with the
 * user's next interaction with the surface, what it names anew starts empty, another version or
 * kind starts anew, and what it bounds more narrowly is cut. What surfaces kept that no longer
 * declare anything goes with the user's next interaction with any surface.
 */
public final class FeatureFold {
  private final String surface;
  private final List<Declared> features;
  private final Set<String> declaring;

  private record Declared(String name, int version, KindFold kind) {}

  /**
   * A fold for one surface.
   *
   * @param features the surface's declaration; may be empty
   * @param declaring the surfaces that declare features
   */
  public FeatureFold(
      String surface, Collection<FeatureConfig> features, Collection<String> declaring) {
    this.surface = surface;
    this.features = features.stream().map(FeatureFold::declared).filter(Objects::nonNull).toList();
    this.declaring = Set.copyOf(declaring);
  }

  /**
   * The session with the interaction in its features.
   *
   * @param session the session after the interaction: {@link
   *     io.waggle.state.session.SessionFold.Folded#session}
   */
  public Session fold(Session session, Interaction interaction) {
    if (features.isEmpty() && session.getFeatures().getSurfacesCount() == 0) {
      return session;
    }
    FeatureStates.Builder states = session.getFeatures().toBuilder().clearSurfaces();
    boolean known = false;
    for (SurfaceFeatureStates each : session.getFeatures().getSurfacesList()) {
      if (each.getSurface().equals(surface)) {
        known = true;
        add(states, folded(each, session, interaction));
      } else if (declaring.contains(each.getSurface())) {
        states.addSurfaces(each);
      }
    }
    if (!known) {
      SurfaceFeatureStates none = SurfaceFeatureStates.newBuilder().setSurface(surface).build();
      add(states, folded(none, session, interaction));
    }
    return session.toBuilder().setFeatures(states).build();
  }

  private static void add(FeatureStates.Builder states, SurfaceFeatureStates folded) {
    if (folded.getFeaturesCount() > 0) {
      states.addSurfaces(folded);
    }
  }

  private SurfaceFeatureStates folded(
      SurfaceFeatureStates before, Session session, Interaction interaction) {
    SessionSpan span = SessionSpan.of(session);
    List<FeatureState> states = new ArrayList<>(features.size());
    for (Declared feature : features) {
      FeatureState known = find(before, feature);
      FeatureState.Builder next =
          FeatureState.newBuilder().setName(feature.name()).setVersion(feature.version());
      if (feature
          .kind()
          .fold(
              known == null ? FeatureState.getDefaultInstance() : known, interaction, span, next)) {
        states.add(next.build());
      } else if (known != null) {
        states.add(known);
      }
    }
    return SurfaceFeatureStates.newBuilder().setSurface(surface).addAllFeatures(states).build();
  }

  private static @Nullable FeatureState find(SurfaceFeatureStates states, Declared feature) {
    for (FeatureState state : states.getFeaturesList()) {
      if (state.getVersion() == feature.version()
          && state.getKindCase() == feature.kind().kind()
          && state.getName().equals(feature.name())) {
        return state;
      }
    }
    return null;
  }

  private static @Nullable Declared declared(FeatureConfig feature) {
    KindFold kind = kind(feature);
    return kind == null
        ? null
        : new Declared(feature.getName(), FeatureDefaults.version(feature), kind);
  }

  /** Null: the kind keeps nothing of a user. */
  private static @Nullable KindFold kind(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case WINDOW -> new WindowFold(feature.getWindow());
      case DECAYED -> new DecayedFold(feature.getDecayed());
      case RATE -> new RateFold(feature.getRate());
      case LAST -> new LastFold(feature.getLast());
      case TIME_SINCE -> new TimeSinceFold(feature.getTimeSince());
      case DISTINCT -> new DistinctFold(feature.getDistinct());
      case QUANTILE -> new QuantileFold(feature.getQuantile());
      case AFFINITY -> new AffinityFold(feature.getAffinity());
      case SEEN -> new SeenFold(feature.getSeen());
      case SESSION ->
          SessionAspectFold.keepsState(feature.getSession())
              ? new SessionAspectFold(feature.getSession())
              : null;
      case LOCAL_TIME, TOKENS, NUMBER, ITEM_ATTRIBUTE, ITEM_STATISTIC, KIND_NOT_SET -> null;
    };
  }
}
