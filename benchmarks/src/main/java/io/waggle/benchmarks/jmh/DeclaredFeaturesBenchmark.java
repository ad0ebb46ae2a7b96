package io.waggle.benchmarks.jmh;

import io.waggle.core.declared.DeclaredFeatures;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.state.feature.FeatureFold;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Folding one interaction into twelve declared features, with and without the bytes that RocksDB
 * sees, and encoding them for a request of 50 actions; the same with none declared. {@code waggle
 * bench jmh DeclaredFeatures}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DeclaredFeaturesBenchmark {
  private static final String FEATURES =
      """
      features:
        - {name: clicks, window: {of: {types: [click]}, windows: [600s, 3600s, 86400s]}}
        - {name: activity, decayed: {halfLife: 3600s}}
        - {name: click_rate, rate: {of: {types: [click]}, per: {types: [view]}, prior: 0.1}}
        - {name: last_items, last: {field: item_id}}
        - {name: since_click, timeSince: {of: {types: [click]}}}
        - {name: items, distinct: {field: item_id}}
        - {name: taste, affinity: {field: category}}
        - {name: fits, affinity: {field: category, actionFeature: action.f0}}
        - {name: seen, seen: {}}
        - {name: clicked, seen: {of: {types: [click]}, form: SEEN_FORM_COUNT}}
        - {name: entry, session: {aspect: SESSION_ASPECT_ENTRY}}
        - {name: now, localTime: {zone: Europe/Paris, parts: [TIME_PART_HOUR, TIME_PART_WEEKEND]}}
      """;

  /** Whether the surface declares features. */
  @Param({"false", "true"})
  public boolean declares;

  private final DeclaredFeatures declared = new DeclaredFeatures();
  private final SessionFold sessions = new SessionFold(SessionSettings.DEFAULT);
  private SurfaceConfig surface;
  private FeatureFold features;
  private Session session;
  private byte[] sessionBytes;
  private Interaction next;
  private List<Namespace> context;
  private List<Action> actions;

  /** A session of 200 interactions: every list at its bound. */
  @Setup(Level.Trial)
  public void prepare() {
    String yaml =
        """
        name: bench
        livePolicy: uniform
        reward: {}
        policies: [{name: uniform, uniform: {}}]
        """;
    surface = Surface.of(SurfaceFiles.parse(declares ? yaml + FEATURES : yaml)).config();
    features =
        new FeatureFold(surface.getName(), surface.getFeaturesList(), List.of(surface.getName()));
    Workload workload = new Workload(3);
    Session folded = null;
    for (int index = 0; index < 200; index++) {
      Interaction interaction = workload.interaction(index);
      folded = features.fold(sessions.fold(folded, interaction).session(), interaction);
    }
    session = Objects.requireNonNull(folded);
    sessionBytes = session.toByteArray();
    next = workload.interaction(200);
    context = List.of(workload.namespace("user", 8));
    actions = workload.actions(50, 20);
  }

  /** Both folds of an interaction. */
  @Benchmark
  public Session fold() {
    return features.fold(sessions.fold(session, next).session(), next);
  }

  /** Bytes to session, both folds, session to bytes. */
  @Benchmark
  public byte[] foldFromBytesToBytes() throws Exception {
    Session before = Session.parseFrom(sessionBytes);
    return features.fold(sessions.fold(before, next).session(), next).toByteArray();
  }

  /** Encoding for a request. */
  @Benchmark
  public DeclaredFeatures.Encoded encode() {
    return declared.encode(
        surface,
        SessionSettings.DEFAULT.gap(),
        session,
        context,
        actions,
        session.getLastMillis() + 1000);
  }
}
