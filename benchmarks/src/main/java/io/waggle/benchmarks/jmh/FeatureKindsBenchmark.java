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
 * Each kind of declared feature alone: folding one interaction into it and encoding it for a
 * request of 50 actions; {@code none} is what is paid without. {@code waggle bench jmh
 * FeatureKinds}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FeatureKindsBenchmark {
  private static final String SURFACE =
      """
      name: bench
      livePolicy: uniform
      reward: {}
      policies: [{name: uniform, uniform: {}}]
      """;

  /** As a surface's file declares it. */
  @Param({
    "none",
    "window: {of: {types: [click]}, windows: [600s, 3600s, 86400s]}",
    "decayed: {halfLife: 3600s}",
    "rate: {of: {types: [click]}, per: {types: [view]}, prior: 0.1}",
    "last: {field: item_id}",
    "timeSince: {of: {types: [click]}}",
    "distinct: {field: item_id}",
    "affinity: {field: category}",
    "affinity: {field: category, actionFeature: action.f0}",
    "seen: {}",
    "quantile: {property: price, quantiles: [0.5, 0.9]}",
    "tokens: {source: action.f0, scope: FEATURE_SCOPE_ACTION}",
    "number: {source: action.f1, scope: FEATURE_SCOPE_ACTION, form: {online: {}}}",
    "session: {aspect: SESSION_ASPECT_ENTRY}",
    "localTime: {zone: Europe/Paris, parts: [TIME_PART_HOUR, TIME_PART_WEEKEND]}"
  })
  private String kind;

  private final DeclaredFeatures declared = new DeclaredFeatures();
  private final SessionFold sessions = new SessionFold(SessionSettings.DEFAULT);
  private SurfaceConfig surface;
  private FeatureFold features;
  private Session before;
  private Session session;
  private Interaction next;
  private List<Namespace> context;
  private List<Action> actions;

  /** A session of 200 interactions: every list at its bound. */
  @Setup(Level.Trial)
  public void prepare() {
    String declares = kind.equals("none") ? "" : "features:\n  - {name: measured, " + kind + "}\n";
    surface = Surface.of(SurfaceFiles.parse(SURFACE + declares)).config();
    features =
        new FeatureFold(surface.getName(), surface.getFeaturesList(), List.of(surface.getName()));
    Workload workload = new Workload(3);
    Session folded = null;
    for (int index = 0; index < 200; index++) {
      Interaction interaction = workload.interaction(index);
      folded = features.fold(sessions.fold(folded, interaction).session(), interaction);
    }
    session = Objects.requireNonNull(folded);
    next = workload.interaction(200);
    before = sessions.fold(session, next).session();
    context = List.of(workload.namespace("user", 8));
    actions = workload.actions(50, 20);
  }

  /** The declared fold of an interaction that the session's own fold has taken. */
  @Benchmark
  public Session fold() {
    return features.fold(before, next);
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
