package io.waggle.server;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import com.linecorp.armeria.server.Server;
import io.grpc.BindableService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.Ranker;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.control.ControlLog;
import io.waggle.server.control.FollowedSurfaces;
import io.waggle.server.control.SurfaceChanges;
import io.waggle.server.control.WriterFence;
import io.waggle.server.explain.Explanations;
import io.waggle.server.explain.RecentDecisions;
import io.waggle.server.explain.RecentExamples;
import io.waggle.server.explain.RecentModels;
import io.waggle.server.feedback.FeedbackService;
import io.waggle.server.items.ItemAdmin;
import io.waggle.server.log.DecisionBytes;
import io.waggle.server.log.DecisionLog;
import io.waggle.server.log.Producers;
import io.waggle.server.log.RefusedModels;
import io.waggle.server.log.SpooledDecisions;
import io.waggle.server.log.TopicWriter;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.rank.RankService;
import io.waggle.server.rank.RankingWatchers;
import io.waggle.server.view.LocalViews;
import io.waggle.server.wire.KnownActions;
import io.waggle.server.wire.RankingsByKnownActions;
import io.waggle.server.wire.RequestChecks;
import io.waggle.v1.Decision;
import io.waggle.v1.ExplanationServiceGrpc;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.ItemServiceGrpc;
import io.waggle.v1.ModelServiceGrpc;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.RankingServiceGrpc;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A running ranking service: one port, local views of seven topics, a spool and two writers. Ranks
 * from the moment it is started, at first from what its views held when it stopped; {@link #ready}
 * once they caught up and it is warm.
 */
public final class RankingServer implements AutoCloseable {
  private static final long READINESS_CHECK_MILLIS = 50;

  // What was started, newest first: closed in that order, so nothing uses what is closed.
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Server server;
  private final Readiness readiness;
  private final ServerMetrics metrics;
  private final RankService rank;
  private final KnownActions actions = new KnownActions();

  private RankingServer(ServerSettings settings, Surfaces surfaces) {
    InstantSource clock = InstantSource.system();
    Supplier<String> ids = () -> UUID.randomUUID().toString();
    ServerSettings.Limits limits = settings.limits();
    PrometheusMeterRegistry registry = PrometheusMeterRegistries.newRegistry();
    try {
      metrics = new ServerMetrics(opened(registry, registry::close));
      RecentDecisions recentDecisions = new RecentDecisions(settings.recent().decisionBytes());
      SpooledDecisions decisions =
          opened(
              new SpooledDecisions(
                  settings.spoolDirectory(),
                  kept(new DecisionBytes(actions::bytes), recentDecisions),
                  Producers.decisions(settings.kafka()),
                  limits.decisionBufferBytes(),
                  limits.spoolBytes(),
                  metrics.spool()));
      TopicWriter feedback =
          opened(
              new TopicWriter(
                  "waggle-feedback",
                  Producers.feedback(
                      settings.kafka(),
                      limits.feedbackBufferBytes(),
                      limits.feedbackTimeout().toMillis()),
                  limits.feedbackBufferBytes()));
      RefusedModels refusedModels = new RefusedModels(feedback, metrics, clock);
      ServingModels models = new ServingModels(refusedModels::refused);
      RecentModels recentModels = new RecentModels(models::apply, settings.recent().modelBytes());
      FollowedSurfaces followed = new FollowedSurfaces(surfaces, metrics);
      WriterFence fence = new WriterFence(metrics);
      ControlLog control =
          opened(
              new ControlLog(
                  Producers.control(settings.kafka(), limits.feedbackTimeout().toMillis()),
                  limits.feedbackTimeout()));
      RankingWatchers watchers =
          new RankingWatchers(limits.maxWatchers(), limits.watchQueueLength(), metrics);
      LocalViews views =
          opened(
              new LocalViews(
                  settings.kafka(),
                  settings.viewDirectory(),
                  limits.viewMemory(),
                  followed,
                  fence,
                  recentModels::apply,
                  refusedModels::damaged,
                  watchers::dispatch,
                  metrics,
                  clock));
      followed.onChange(new ServedPolicies(models, metrics, clock)::follow);

      RequestChecks checks =
          new RequestChecks(
              new MessageRules(actions)::check,
              followed,
              clock,
              limits.maxFutureTime(),
              limits.maxEventAge());
      metrics.counter(
          "waggle.rank.actions", Tags.of("read", "known"), actions, KnownActions::known);
      metrics.counter(
          "waggle.rank.actions", Tags.of("read", "parsed"), actions, KnownActions::parsed);
      Ranker ranker = new Ranker(models, views);
      DecisionLog log = new DecisionLog(decisions, metrics.spool());
      RecentExamples examples = new RecentExamples(clock);
      Explanations explanations =
          AdminServices.explanations(
              followed, models, recentModels, settings.registry(), settings.kafka());
      rank =
          new RankService(
              checks,
              views::session,
              ranker::rank,
              decision -> {
                examples.offer(decision);
                return log.log(decision);
              },
              watchers,
              metrics,
              clock,
              ids,
              CommonPools.blockingTaskExecutor(),
              explanations::live);
      HealthStatusManager health = new HealthStatusManager();
      WarmUp warmUp =
          opened(
              new WarmUp(
                  followed,
                  checks,
                  views::session,
                  new Ranker(models, views)::rank,
                  clock,
                  settings.turnover().warmUp()));
      readiness =
          new Readiness(
              views::progress,
              warmUp::missing,
              health,
              List.of(
                  HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                  RankingServiceGrpc.SERVICE_NAME,
                  FeedbackServiceGrpc.SERVICE_NAME,
                  PolicyServiceGrpc.SERVICE_NAME,
                  ModelServiceGrpc.SERVICE_NAME,
                  ItemServiceGrpc.SERVICE_NAME,
                  ExplanationServiceGrpc.SERVICE_NAME));
      List<BindableService> services =
          new ArrayList<>(
              AdminServices.of(
                  checks,
                  followed,
                  new SurfaceChanges(followed, views::knowsControl, control, clock),
                  views,
                  models,
                  examples,
                  fence,
                  settings.registry(),
                  clock));
      services.add(new RankingsByKnownActions(rank, actions));
      services.add(new FeedbackService(checks, feedback, metrics, ids, limits.feedbackTimeout()));
      services.add(new ItemAdmin(checks, feedback, views, metrics, limits.feedbackTimeout()));
      services.add(
          AdminServices.explainer(checks, explanations, recentDecisions, settings.kafka(), clock));
      metrics.gauge(
          "waggle.recent.decisions.bytes", Tags.empty(), recentDecisions, RecentDecisions::bytes);
      services.add(health.getHealthService());
      server = Front.of(settings, services, registry, readiness);
      opened(server, () -> Front.stop(server));
      // Before the server, so that open streams do not hold up its end.
      opened(watchers);
      server.start().join();
      ScheduledFuture<?> checking =
          CommonPools.blockingTaskExecutor()
              .scheduleWithFixedDelay(
                  readiness::check, 0, READINESS_CHECK_MILLIS, TimeUnit.MILLISECONDS);
      opened(checking, () -> checking.cancel(false));
      opened(readiness, () -> drain(readiness, settings.turnover().drain()));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts the service; returns when the port is open. Kafka may still be away.
   *
   * @param surfaces as their files have them; topic control changes them while the service runs
   * @throws RuntimeException when the port is taken, the directory of views or spool is held by
   *     another service or cannot be written, or no broker's name can be resolved
   */
  public static RankingServer start(ServerSettings settings, Surfaces surfaces) {
    return new RankingServer(settings, surfaces);
  }

  /** Decisions as bytes, which are kept to be explained. */
  private static Function<Decision, byte[]> kept(DecisionBytes bytes, RecentDecisions recent) {
    return decision -> {
      byte[] serialized = bytes.of(decision);
      recent.keep(decision.getDecisionId(), serialized);
      return serialized;
    };
  }

  /** Answers for a while after it has said that it should get no more. */
  private static void drain(Readiness readiness, Duration drain) throws InterruptedException {
    readiness.stop();
    Thread.sleep(drain.toMillis());
  }

  private <T extends AutoCloseable> T opened(T part) {
    return opened(part, part);
  }

  private <T> T opened(T part, AutoCloseable close) {
    open.push(close);
    return part;
  }

  /** The port it listens on. */
  public int port() {
    return server.activeLocalPort();
  }

  /** Ranks for callers in this process as for those of the port, without the network between. */
  public RankingServiceGrpc.RankingServiceImplBase ranking() {
    return rank;
  }

  /** Actions that it knows by their bytes. */
  public KnownActions actions() {
    return actions;
  }

  /**
   * True once every view has caught up with what was written before the start and the warm-up is
   * over; until it is closed.
   */
  public boolean ready() {
    return readiness.check();
  }

  /** What readiness waits for, one line each; empty: ready. */
  public List<String> missing() {
    return readiness.missing();
  }

  /** Waits until ready; false when the time is over first. */
  public boolean awaitReady(Duration atMost) throws InterruptedException {
    return readiness.await(atMost);
  }

  /** Figures since the start. */
  public ServerFigures figures() {
    return new ServerFigures(
        metrics.ranksAnswered(),
        metrics.decisionsLogged(),
        metrics.decisionsDropped(),
        metrics.decisionsPending(),
        metrics.rank().summary(),
        metrics.rewardToServing().summary(),
        metrics.interactionToSession().summary());
  }

  /**
   * Says that it is not ready any more and answers until the drain is over; then stops taking
   * requests, lets those in flight end, gives decisions and feedback under way a few seconds to
   * reach Kafka (what decisions do not stay in the spool), closes the views. Repeated calls do
   * nothing.
   */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("could not stop a part of the service", e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
