package io.waggle.jobs.session;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureState;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceCounts;
import io.waggle.v1.SurfaceFeatureStates;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that users' state has, as it is stored: of each declared feature and of whole sessions.
 * Kept up with every change of a session, and part of the checkpoint, so that they are what the
 * state holds, also after a crash. One writer, the task; the reporter reads from its own thread.
 *
 * <p>Shown as gauges: {@code session_users}, {@code session_state_bytes}, and with the labels
 * {@code surface} and {@code feature}: {@code feature_state_users}, {@code feature_state_bytes}.
 * Over all subtasks {@code session_state_bytes} is the sum of the users' sessions' sizes, and
 * {@code feature_state_bytes} of a feature the sum of its states' sizes. A feature that is no
 * longer declared has its gauges until the job is restarted without any state of it.
 *
 * <p>Sessions of a checkpoint from before this count existed count from their next change on.
 */
final class StateBytes {
  static final String SESSION_USERS = "session_users";
  static final String SESSION_BYTES = "session_state_bytes";
  static final String FEATURE_USERS = "feature_state_users";
  static final String FEATURE_BYTES = "feature_state_bytes";

  /** Where the whole sessions' counts are saved; no surface has an empty name. */
  private static final String ALL = "";

  private final Map<String, Map<String, Held>> features = new LinkedHashMap<>();
  private final Held sessions = new Held();
  private @Nullable MetricGroup operator;

  /** How many users have something, and its bytes. */
  private record Held(AtomicLong users, AtomicLong bytes) {
    Held() {
      this(new AtomicLong(), new AtomicLong());
    }

    void add(long moreUsers, long moreBytes) {
      users.addAndGet(moreUsers);
      bytes.addAndGet(moreBytes);
    }
  }

  StateBytes(Surfaces surfaces) {
    for (Surface surface : surfaces.all()) {
      for (FeatureConfig feature : surface.config().getFeaturesList()) {
        held(surface.name(), feature.getName());
      }
    }
  }

  /** Shows what is counted; what appears later is shown when it does. */
  void register(MetricGroup operatorGroup) {
    operator = operatorGroup;
    operatorGroup.<Long, Gauge<Long>>gauge(SESSION_USERS, sessions.users()::get);
    operatorGroup.<Long, Gauge<Long>>gauge(SESSION_BYTES, sessions.bytes()::get);
    features.forEach(
        (surface, byFeature) ->
            byFeature.forEach((feature, held) -> show(operatorGroup, surface, feature, held)));
  }

  private void show(MetricGroup group, String surface, String feature, Held held) {
    MetricGroup labelled = group.addGroup("surface", surface).addGroup("feature", feature);
    labelled.<Long, Gauge<Long>>gauge(FEATURE_USERS, held.users()::get);
    labelled.<Long, Gauge<Long>>gauge(FEATURE_BYTES, held.bytes()::get);
  }

  /** The session, marked as one whose bytes count: what {@link #changed} takes. */
  static Session counted(Session session) {
    return session.getFeatures().getCounted()
        ? session
        : session.toBuilder()
            .setFeatures(session.getFeatures().toBuilder().setCounted(true))
            .build();
  }

  /**
   * Counts a change of one user's state.
   *
   * @param before as it was stored; null: there was none
   * @param after as it is stored now; null: it was cleared
   */
  void changed(@Nullable Session before, @Nullable Session after) {
    if (before != null && before.getFeatures().getCounted()) {
      sessions.add(-1, -before.getSerializedSize());
    }
    if (after != null) {
      sessions.add(1, after.getSerializedSize());
    }
    count(before, -1);
    count(after, 1);
  }

  private void count(@Nullable Session session, int sign) {
    if (session == null) {
      return;
    }
    for (SurfaceFeatureStates states : session.getFeatures().getSurfacesList()) {
      for (FeatureState state : states.getFeaturesList()) {
        held(states.getSurface(), state.getName())
            .add(sign, sign * (long) state.getSerializedSize());
      }
    }
  }

  private Held held(String surface, String feature) {
    Map<String, Held> byFeature = features.computeIfAbsent(surface, name -> new LinkedHashMap<>());
    Held known = byFeature.get(feature);
    if (known != null) {
      return known;
    }
    Held held = new Held();
    byFeature.put(feature, held);
    if (operator != null) {
      show(operator, surface, feature, held);
    }
    return held;
  }

  /** Bytes of a feature's state over all users of this subtask. */
  long bytes(String surface, String feature) {
    return held(surface, feature).bytes().get();
  }

  /** Users of this subtask of whom a feature keeps something. */
  long users(String surface, String feature) {
    return held(surface, feature).users().get();
  }

  /** Bytes of all sessions of this subtask. */
  long bytes() {
    return sessions.bytes().get();
  }

  /** Users of this subtask. */
  long users() {
    return sessions.users().get();
  }

  /** Adds saved counts. */
  void restore(Iterable<SurfaceCounts> saved) {
    for (SurfaceCounts entry : saved) {
      entry.getCountsMap().forEach((key, count) -> saved(entry.getSurface(), key).addAndGet(count));
    }
  }

  private AtomicLong saved(String surface, String key) {
    if (surface.equals(ALL)) {
      return key.equals(SESSION_USERS) ? sessions.users() : sessions.bytes();
    }
    int slash = key.indexOf('/');
    Held held = held(surface, key.substring(slash + 1));
    return key.startsWith(FEATURE_USERS) ? held.users() : held.bytes();
  }

  /** What is to be saved: the sessions' counts, and an entry per surface. */
  List<SurfaceCounts> save() {
    List<SurfaceCounts> saved = new ArrayList<>(features.size() + 1);
    saved.add(
        SurfaceCounts.newBuilder()
            .setSurface(ALL)
            .putCounts(SESSION_USERS, users())
            .putCounts(SESSION_BYTES, bytes())
            .build());
    features.forEach(
        (surface, byFeature) -> {
          SurfaceCounts.Builder entry = SurfaceCounts.newBuilder().setSurface(surface);
          byFeature.forEach(
              (feature, held) -> {
                entry.putCounts(FEATURE_USERS + "/" + feature, held.users().get());
                entry.putCounts(FEATURE_BYTES + "/" + feature, held.bytes().get());
              });
          saved.add(entry.build());
        });
    return saved;
  }
}
