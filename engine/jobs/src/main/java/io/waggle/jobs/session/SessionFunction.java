package io.waggle.jobs.session;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.feature.FeatureFold;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.state.session.SignalFold;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.SessionEvent;
import io.waggle.v1.Signal;
import io.waggle.v1.SurfaceCounts;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Keyed by user: folds interactions and signals into the user's session and hands out rankings to
 * make, one for each folded one of a surface that pushes, one for each request.
 *
 * <p>State: one {@link Session} per user (bounded by the fold, under 64 KiB, about 2 kB as a rule,
 * and what declared features keep, at most 64 kB a surface) and one event-time timer. The timer is
 * set when the state is born; when it fires it either finds a newer interaction and waits on, or
 * forgets the user and says so on {@link #SESSIONS}. A user has one session over all surfaces, so
 * the longest time to live among them counts. Event time, so that a replayed log forgets the users
 * that the first run forgot; a drained job forgets nobody.
 *
 * <p>Metrics by surface, in the checkpoint: {@code interactions_received = interactions_folded +
 * interactions_duplicate + interactions_late}; {@code signals_folded}; {@code requests_received};
 * {@code item_interactions_sent} and {@code item_interactions_bounded}, see {@link
 * ItemInteractions}. Since the operator started: {@code users_forgotten}. The bytes of users'
 * state: {@link StateBytes}.
 */
public final class SessionFunction
    extends KeyedCoProcessFunction<String, Interaction, SessionEvent, RankTask>
    implements CheckpointedFunction {
  private static final long serialVersionUID = 1L;

  /**
   * Sessions after each folded interaction or signal. One with version 0 says that the user was
   * forgotten.
   */
  public static final OutputTag<Session> SESSIONS =
      new OutputTag<>("sessions", ProtoTypeInformation.forMessage(Session.class));

  static final String RECEIVED = "interactions_received";
  static final String FOLDED = "interactions_folded";
  static final String DUPLICATE = "interactions_duplicate";
  static final String LATE = "interactions_late";
  static final String SIGNALS = "signals_folded";
  static final String REQUESTS = "requests_received";
  static final String ITEM_SENT = "item_interactions_sent";
  static final String ITEM_BOUNDED = "item_interactions_bounded";

  /** Interactions that count in the statistics of their items. */
  public static final OutputTag<Interaction> ITEM_INTERACTIONS = ItemInteractions.TAG;

  private static final List<String> COUNTS =
      List.of(RECEIVED, FOLDED, DUPLICATE, LATE, SIGNALS, REQUESTS, ITEM_SENT, ITEM_BOUNDED);

  private final Surfaces surfaces;

  private transient @Nullable Running running;
  private transient @Nullable ListState<SurfaceCounts> savedCounts;
  private transient @Nullable ListState<SurfaceCounts> savedBytes;
  private transient @Nullable SurfaceCounters counters;
  private transient @Nullable StateBytes bytes;

  public SessionFunction(Surfaces surfaces) {
    this.surfaces = surfaces;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    counters = new SurfaceCounters(surfaces, COUNTS);
    savedCounts =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    SessionNames.FOLD_COUNTS_STATE,
                    ProtoTypeInformation.forMessage(SurfaceCounts.class)));
    counters.restore(savedCounts.get());
    bytes = new StateBytes(surfaces);
    savedBytes =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    SessionNames.STATE_BYTES_STATE,
                    ProtoTypeInformation.forMessage(SurfaceCounts.class)));
    bytes.restore(savedBytes.get());
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    Objects.requireNonNull(savedCounts).update(counters().save());
    Objects.requireNonNull(savedBytes).update(bytes().save());
  }

  @Override
  public void open(OpenContext context) {
    counters().register(getRuntimeContext().getMetricGroup());
    bytes().register(getRuntimeContext().getMetricGroup());
    Map<String, SessionFold> folds = new HashMap<>();
    Map<String, FeatureFold> features = new HashMap<>();
    for (Surface surface : surfaces.all()) {
      folds.put(surface.name(), new SessionFold(surface.session()));
      features.put(
          surface.name(),
          new FeatureFold(
              surface.name(), surface.config().getFeaturesList(), surfaces.declaringFeatures()));
    }
    running =
        new Running(
            folds,
            features,
            getRuntimeContext()
                .getState(
                    new ValueStateDescriptor<>(
                        SessionNames.SESSION_STATE,
                        ProtoTypeInformation.forMessage(Session.class))),
            new ItemInteractions(surfaces),
            longestTimeToLiveMillis(),
            getRuntimeContext().getMetricGroup().counter("users_forgotten"));
  }

  @Override
  public void processElement1(Interaction interaction, Context context, Collector<RankTask> out)
      throws Exception {
    Surface surface = surface(interaction.getSurface());
    Session previous = running().session().value();
    SessionFold.Folded folded = fold(surface, previous, interaction);
    counters().increment(surface.name(), RECEIVED);
    switch (folded.outcome()) {
      case DUPLICATE -> counters().increment(surface.name(), DUPLICATE);
      case LATE -> {
        counters().increment(surface.name(), LATE);
        update(previous, folded.session());
        sendToItem(interaction, folded.session(), context);
      }
      case FOLDED -> {
        counters().increment(surface.name(), FOLDED);
        update(previous, folded.session());
        if (previous == null) {
          forgetLater(folded.session(), context);
        }
        context.output(SESSIONS, folded.session());
        sendToItem(interaction, folded.session(), context);
        if (surface.pushRankings() && !surface.catalogue().isEmpty()) {
          out.collect(PushedRanking.of(folded.session(), interaction));
        }
      }
    }
  }

  private void sendToItem(Interaction interaction, Session session, Context context) {
    switch (running().items().of(interaction, session)) {
      case SENT -> {
        counters().increment(interaction.getSurface(), ITEM_SENT);
        context.output(ITEM_INTERACTIONS, interaction);
      }
      case BOUNDED -> counters().increment(interaction.getSurface(), ITEM_BOUNDED);
      case UNCOUNTED -> {}
    }
  }

  private SessionFold.Folded fold(
      Surface surface, @Nullable Session previous, Interaction interaction) {
    SessionFold.Folded folded = running().fold(surface).fold(previous, interaction);
    if (folded.outcome() == SessionFold.Outcome.DUPLICATE) {
      return folded;
    }
    Session session = running().features(surface).fold(folded.session(), interaction);
    return new SessionFold.Folded(StateBytes.counted(session), folded.outcome());
  }

  private void update(@Nullable Session previous, Session session) throws IOException {
    running().session().update(session);
    bytes().changed(previous, session);
  }

  @Override
  public void processElement2(SessionEvent event, Context context, Collector<RankTask> out)
      throws Exception {
    if (event.hasSignal()) {
      fold(event.getSignal(), context, out);
    } else {
      answer(event.getRequest(), context, out);
    }
  }

  private void fold(Signal signal, Context context, Collector<RankTask> out) throws Exception {
    Surface surface = surface(signal.getSurface());
    Session previous = running().session().value();
    Session session = StateBytes.counted(SignalFold.fold(previous, signal));
    counters().increment(surface.name(), SIGNALS);
    update(previous, session);
    if (previous == null) {
      forgetLater(session, context);
    }
    if (!SignalFold.isBegun(session)) {
      return;
    }
    context.output(SESSIONS, session);
    if (surface.pushRankings() && !surface.catalogue().isEmpty()) {
      out.collect(PushedRanking.of(session, signal));
    }
  }

  private void answer(RankRequest request, Context context, Collector<RankTask> out)
      throws Exception {
    counters().increment(request.getSurface(), REQUESTS);
    Long timeMillis = context.timestamp();
    RankTask.Builder task =
        RankTask.newBuilder()
            .setRequest(request)
            .setTimeMillis(
                timeMillis != null && timeMillis > 0
                    ? timeMillis
                    : context.timerService().currentProcessingTime());
    Session session = running().session().value();
    if (session != null && SignalFold.isBegun(session)) {
      task.setSession(session);
    }
    out.collect(task.build());
  }

  @Override
  public void onTimer(long timeMillis, OnTimerContext context, Collector<RankTask> out)
      throws Exception {
    ValueState<Session> state = running().session();
    Session session = state.value();
    // A job that is drained ends event time; no user has been away for that.
    if (session == null || context.timerService().currentWatermark() == Long.MAX_VALUE) {
      return;
    }
    long expiresMillis = expiresMillis(session);
    if (expiresMillis > timeMillis) {
      context.timerService().registerEventTimeTimer(expiresMillis);
      return;
    }
    state.clear();
    bytes().changed(session, null);
    running().forgotten().inc();
    context.output(SESSIONS, Session.newBuilder().setUserId(session.getUserId()).build());
  }

  private void forgetLater(Session session, Context context) {
    context.timerService().registerEventTimeTimer(expiresMillis(session));
  }

  private long expiresMillis(Session session) {
    long seenMillis =
        SignalFold.isBegun(session) ? session.getLastMillis() : SignalFold.newestMillis(session);
    return seenMillis + running().timeToLiveMillis();
  }

  private long longestTimeToLiveMillis() {
    return surfaces.all().stream()
        .mapToLong(surface -> surface.session().timeToLive().toMillis())
        .max()
        .orElse(SessionSettings.DEFAULT.timeToLive().toMillis());
  }

  private Surface surface(String name) {
    return Objects.requireNonNull(surfaces.find(name), "the decoder accepts known surfaces only");
  }

  /** A count as it stands, for tests. */
  long count(String surface, String name) {
    return counters().count(surface, name);
  }

  private StateBytes bytes() {
    return Objects.requireNonNull(bytes, "initializeState was not called");
  }

  /** The bytes as they are counted, for tests. */
  StateBytes stateBytes() {
    return bytes();
  }

  private Running running() {
    return Objects.requireNonNull(running, "open was not called");
  }

  private SurfaceCounters counters() {
    return Objects.requireNonNull(counters, "initializeState was not called");
  }

  /** What the operator holds while it runs. */
  private record Running(
      Map<String, SessionFold> folds,
      Map<String, FeatureFold> features,
      ValueState<Session> session,
      ItemInteractions items,
      long timeToLiveMillis,
      Counter forgotten) {
    SessionFold fold(Surface surface) {
      return Objects.requireNonNull(folds.get(surface.name()));
    }

    FeatureFold features(Surface surface) {
      return Objects.requireNonNull(features.get(surface.name()));
    }
  }
}
