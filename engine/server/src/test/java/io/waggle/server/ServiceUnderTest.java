package io.waggle.server;

import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import com.linecorp.armeria.server.Server;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.model.CommandLineTrial;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.Ranker;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.control.ControlLog;
import io.waggle.server.control.FollowedSurfaces;
import io.waggle.server.control.SurfaceChanges;
import io.waggle.server.control.WriterFence;
import io.waggle.server.explain.DecisionSearch;
import io.waggle.server.explain.ExplanationAdmin;
import io.waggle.server.explain.Explanations;
import io.waggle.server.explain.ModelDiffs;
import io.waggle.server.explain.ModelVersions;
import io.waggle.server.explain.PolicyExplanations;
import io.waggle.server.explain.RecentDecisions;
import io.waggle.server.explain.RecentExamples;
import io.waggle.server.explain.RecentModels;
import io.waggle.server.explain.VersionSearch;
import io.waggle.server.feedback.FeedbackService;
import io.waggle.server.items.ItemAdmin;
import io.waggle.server.log.DecisionBytes;
import io.waggle.server.log.DecisionLog;
import io.waggle.server.log.SpooledDecisions;
import io.waggle.server.log.TopicWriter;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.models.ModelAdmin;
import io.waggle.server.models.VersionDirectory;
import io.waggle.server.policies.EvaluationLookup;
import io.waggle.server.policies.PolicyAdmin;
import io.waggle.server.policies.PolicyStatuses;
import io.waggle.server.policies.VersionLookup;
import io.waggle.server.rank.RankService;
import io.waggle.server.rank.RankingWatchers;
import io.waggle.server.view.ViewProgress;
import io.waggle.server.wire.KnownActions;
import io.waggle.server.wire.RankingsByKnownActions;
import io.waggle.server.wire.RequestChecks;
import io.waggle.server.wire.UnaryCalls;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.topic.Topics;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.Decision;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The services behind the real front on a real port, with Kafka's own mock producers, a fixed
 * clock, counted ids, and the session view replaced by a map.
 */
final class ServiceUnderTest implements AutoCloseable {
  static final long NOW = 1_750_000_000_000L;

  static final Surface SURFACE =
      Surface.of(
          SurfaceConfig.newBuilder()
              .setName("front-page")
              .setLivePolicy("everything")
              .addPolicies(
                  PolicyConfig.newBuilder()
                      .setName("everything")
                      .setUniform(UniformPolicy.getDefaultInstance()))
              .addPolicies(
                  PolicyConfig.newBuilder()
                      .setName("first")
                      .setBaseline(BaselinePolicy.getDefaultInstance()))
              .setReward(RewardConfig.newBuilder().setMin(-1).setMax(2))
              .build());

  /** A surface whose only policy is uniform. */
  static SurfaceConfig.Builder uniform(String name) {
    return SurfaceConfig.newBuilder()
        .setName(name)
        .setLivePolicy("everything")
        .addPolicies(
            PolicyConfig.newBuilder()
                .setName("everything")
                .setUniform(UniformPolicy.getDefaultInstance()))
        .setReward(RewardConfig.getDefaultInstance());
  }

  final MockProducer<byte[], byte[]> decisions = producer();
  final MockProducer<byte[], byte[]> feedback = producer();
  final Map<String, Session> sessions = new ConcurrentHashMap<>();
  final Map<String, PolicyEvaluation> evaluations = new ConcurrentHashMap<>();
  final List<PolicyEvaluation> segments = new CopyOnWriteArrayList<>();
  final Map<String, ServingModels.Version> versions = new ConcurrentHashMap<>();
  final MockProducer<byte[], byte[]> control = producer();
  final Map<String, RegisteredModel> registered = new ConcurrentHashMap<>();
  final Map<String, Item> items = new ConcurrentHashMap<>();
  final Map<String, ItemStatistics> itemStatistics = new ConcurrentHashMap<>();
  final RecentExamples examples =
      new RecentExamples(InstantSource.fixed(Instant.ofEpochMilli(NOW)));
  final FollowedSurfaces surfaces;
  final WriterFence fence;
  final ServerMetrics metrics;
  volatile boolean controlKnown = true;
  final RankingWatchers watchers;
  volatile List<String> warmUp = List.of();
  volatile List<ViewProgress> views = List.of(new ViewProgress("sessions", true, 0, ""));

  private final SpooledDecisions decisionWriter;
  private final Path spool;
  private final TopicWriter feedbackWriter;
  final ServingModels models = new ServingModels();
  final RecentModels recentModels = new RecentModels(models::apply, 1 << 20);
  final RecentDecisions recentDecisions = new RecentDecisions(1 << 20);
  private final KnownActions actions = new KnownActions();
  final Map<String, Decision> logged = new ConcurrentHashMap<>();
  volatile VersionSearch published =
      (surface, policy, version) -> new VersionSearch.Found(null, "nobody published it");
  private final AtomicInteger ids = new AtomicInteger();
  private final Server server;
  // Not the default: of this client's upgrades to HTTP/2 about 1 in 70 hangs (docs/quickstart.md).
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ManagedChannel channel;
  private final Readiness readiness;

  ServiceUnderTest() {
    this(limits(Duration.ofSeconds(5), 64L << 20, 2));
  }

  ServiceUnderTest(Surface surface) {
    this(limits(Duration.ofSeconds(5), 64L << 20, 2), null, surface);
  }

  ServiceUnderTest(ServerSettings.Limits limits) {
    this(limits, null);
  }

  ServiceUnderTest(ServerSettings.Limits limits, @Nullable Path registryDirectory) {
    this(limits, registryDirectory, SURFACE);
  }

  private byte[] kept(Decision decision) {
    byte[] bytes = new DecisionBytes(actions::bytes).of(decision);
    recentDecisions.keep(decision.getDecisionId(), bytes);
    return bytes;
  }

  private ServiceUnderTest(
      ServerSettings.Limits limits, @Nullable Path registryDirectory, Surface surface) {
    ModelRegistry kept = registryDirectory == null ? null : ModelRegistry.in(registryDirectory);
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(NOW));
    var registry = PrometheusMeterRegistries.newRegistry();
    metrics = new ServerMetrics(registry);
    spool = temporaryDirectory();
    decisionWriter =
        new SpooledDecisions(
            spool,
            this::kept,
            decisions,
            limits.decisionBufferBytes(),
            limits.spoolBytes(),
            metrics.spool());
    feedbackWriter = new TopicWriter("test-feedback", feedback, limits.feedbackBufferBytes());
    watchers = new RankingWatchers(limits.maxWatchers(), limits.watchQueueLength(), metrics);
    fence = new WriterFence(metrics);
    surfaces = new FollowedSurfaces(new Surfaces(List.of(surface)), metrics);
    RequestChecks checks =
        new RequestChecks(
            new MessageRules(actions)::check,
            surfaces,
            clock,
            limits.maxFutureTime(),
            limits.maxEventAge());
    SurfaceChanges changes =
        new SurfaceChanges(
            surfaces, () -> controlKnown, new ControlLog(control, limits.feedbackTimeout()), clock);
    UnaryCalls calls = new UnaryCalls(ForkJoinPool.commonPool());
    HealthStatusManager health = new HealthStatusManager();
    readiness =
        new Readiness(
            () -> views,
            () -> warmUp,
            health,
            List.of(HealthStatusManager.SERVICE_NAME_ALL_SERVICES));
    Explanations explanations =
        new Explanations(
            surfaces,
            new ModelVersions(
                models::model,
                recentModels,
                kept,
                (of, policy, version) -> published.find(of, policy, version)));
    DecisionLog decisionLog = new DecisionLog(decisionWriter, metrics.spool());
    RankService rank =
        new RankService(
            checks,
            sessions::get,
            new Ranker(models, itemSource())::rank,
            decisionLog::log,
            watchers,
            metrics,
            clock,
            this::id,
            ForkJoinPool.commonPool(),
            explanations::live);
    server =
        Front.of(
            new ServerSettings(
                "127.0.0.1", 0, "127.0.0.1:1", Path.of("unused"), spool, null, limits),
            List.of(
                new RankingsByKnownActions(rank, actions),
                new FeedbackService(
                    checks, feedbackWriter, metrics, this::id, limits.feedbackTimeout()),
                new ItemAdmin(
                    checks, feedbackWriter, itemSource(), metrics, limits.feedbackTimeout()),
                new PolicyAdmin(
                    calls,
                    checks,
                    surfaces,
                    new PolicyStatuses(lookup(), evaluationLookup(), surfaces::revision, clock),
                    new PolicyExplanations(models::model, examples),
                    changes,
                    CommandLineTrial::problem),
                new ModelAdmin(
                    calls, checks, directory(), new ModelDiffs(kept, examples), changes, fence),
                new ExplanationAdmin(
                    calls, checks, explanations, recentDecisions, this::search, clock),
                health.getHealthService()),
            registry,
            readiness);
    server.start().join();
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port()).usePlaintext().build();
  }

  static ServerSettings.Limits limits(
      Duration feedbackTimeout, long bufferBytes, int watchQueueLength) {
    return new ServerSettings.Limits(
        4 << 20,
        bufferBytes,
        bufferBytes,
        bufferBytes,
        feedbackTimeout,
        Duration.ofMinutes(5),
        Duration.ofDays(7),
        2,
        watchQueueLength,
        io.waggle.state.view.ViewMemory.DEFAULT);
  }

  private ItemSource itemSource() {
    return new ItemSource() {
      @Override
      public @Nullable Item item(String surface, String itemId) {
        return items.get(Topics.itemKey(surface, itemId));
      }

      @Override
      public @Nullable ItemStatistics statistics(String surface, String itemId) {
        return itemStatistics.get(Topics.itemKey(surface, itemId));
      }

      @Override
      public ItemCatalogue catalogue(String surface) {
        return new ItemCatalogue(
            items.values().stream().filter(item -> item.getSurface().equals(surface)).toList());
      }
    };
  }

  private EvaluationLookup evaluationLookup() {
    return new EvaluationLookup() {
      @Override
      public @Nullable PolicyEvaluation find(String surface, String policy) {
        return evaluations.get(policy);
      }

      @Override
      public List<PolicyEvaluation> segments(String surface, String policy) {
        return segments.stream().filter(each -> each.getPolicy().equals(policy)).toList();
      }
    };
  }

  private VersionLookup lookup() {
    return new VersionLookup() {
      @Override
      public ServingModels.@Nullable Version serving(String surface, String policy) {
        return versions.get(policy);
      }

      @Override
      public ServingModels.@Nullable Refused refused(String surface, String policy) {
        return models.refused(surface, policy);
      }
    };
  }

  private VersionDirectory directory() {
    return new VersionDirectory() {
      @Override
      public @Nullable RegisteredModel find(String surface, String policy, long version) {
        return registered.get(Topics.versionKey(surface, policy, version));
      }

      @Override
      public List<RegisteredModel> list(String surface, String policy) {
        return List.copyOf(registered.values());
      }

      @Override
      public long serving(String surface, String policy) {
        ServingModels.Version version = versions.get(policy);
        return version == null ? 0 : version.version();
      }
    };
  }

  private DecisionSearch.Found search(String decisionId, long fromMillis, long toMillis) {
    return new DecisionSearch.Found(
        logged.get(decisionId), "the log from " + fromMillis + " to " + toMillis);
  }

  private String id() {
    return "id-" + ids.incrementAndGet();
  }

  int port() {
    return server.activeLocalPort();
  }

  ManagedChannel channel() {
    return channel;
  }

  Readiness readiness() {
    return readiness;
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<String> put(String path, String json) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .header("content-type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(json)));
  }

  HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).DELETE());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(
        request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  /** Waits for what another thread is about to do. */
  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen within 20 s");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("waggle-spool");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files in it and itself. */
  private static void remove(Path directory) {
    try {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MockProducer<byte[], byte[]> producer() {
    return new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    watchers.close();
    channel.shutdownNow();
    // Not waited for: the acceptor's threads take 2 s to end, and nothing here outlives the test.
    var unused = server.stop();
    decisionWriter.close();
    feedbackWriter.close();
    remove(spool);
  }
}
