package io.waggle.benchmarks.jmh;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.prometheus.PrometheusMeterRegistries;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.rank.Ranker;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.log.DecisionBytes;
import io.waggle.server.log.DecisionLog;
import io.waggle.server.log.SpooledDecisions;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.rank.RankService;
import io.waggle.server.rank.RankingWatchers;
import io.waggle.server.wire.KnownActions;
import io.waggle.server.wire.RequestChecks;
import io.waggle.state.model.ServableModel;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Decision;
import io.waggle.v1.Explanation;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The parts of the request path wired as the service wires them, without its port and its broker:
 * sessions in a view on disk, a model that learned, decisions to a producer that takes everything.
 */
final class RankPath implements AutoCloseable {
  static final long NOW_MILLIS = 1_700_000_300_000L;
  static final String POLICY = "learner";
  static final String USER = "u1";

  private static final int LEARNED = 1_000;
  private static final int INTERACTIONS = 200;
  private static final long BUFFER_BYTES = 64L << 20;
  private static final long SPOOL_BYTES = 256L << 20;

  final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(NOW_MILLIS));
  final KnownActions known = new KnownActions();
  final DecisionBytes bytes = new DecisionBytes(known::bytes);
  final MessageRules rules = new MessageRules(known);
  final ServingModels models = new ServingModels();
  final Surface surface = surface();
  final KeyValueView sessions;
  final ServerMetrics metrics = new ServerMetrics(PrometheusMeterRegistries.newRegistry());
  final SpooledDecisions decisions;
  final DecisionLog log;
  final Ranker ranker = new Ranker(models, ItemSource.NONE);
  final RankService service;
  final byte[] request;
  final byte[] model;

  /** Over a directory of its own for sessions and decisions. */
  RankPath(Path directory, int actions, int features) throws RejectedExampleException {
    model = train(actions, features);
    models.apply(
        new ServableModel(
            surface.name(),
            POLICY,
            1,
            ByteString.copyFrom(model),
            Workload.ARGUMENTS,
            LEARNED,
            NOW_MILLIS,
            0,
            0));
    decisions =
        new SpooledDecisions(
            directory.resolve("spool"),
            bytes::of,
            new Discarding(),
            BUFFER_BYTES,
            SPOOL_BYTES,
            metrics.spool());
    log = new DecisionLog(decisions, metrics.spool());
    sessions = KeyValueView.open(directory.resolve("sessions"));
    Session session = fold();
    sessions.apply(
        0, List.of(new KeyValueView.Entry(key(USER), session.toByteArray())), INTERACTIONS);
    Workload workload = new Workload(5);
    request =
        RankRequest.newBuilder()
            .setSurface(surface.name())
            .setUserId(USER)
            .addContext(workload.namespace("user", 8))
            .addAllActions(workload.actions(actions, features))
            .build()
            .toByteArray();
    service = service();
  }

  private RankService service() {
    RequestChecks checks =
        new RequestChecks(
            rules::check,
            () -> new Surfaces(List.of(surface)),
            clock,
            Duration.ofMinutes(5),
            Duration.ofDays(7));
    return new RankService(
        checks,
        this::session,
        ranker::rank,
        log::log,
        new RankingWatchers(1, 1, metrics),
        metrics,
        clock,
        () -> UUID.randomUUID().toString(),
        Runnable::run,
        (decision, limit) -> Explanation.getDefaultInstance());
  }

  private static byte[] train(int actions, int features) throws RejectedExampleException {
    Workload workload = new Workload(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(Workload.ARGUMENTS, null)) {
      for (int event = 0; event < LEARNED; event++) {
        Decision decision = workload.decision(actions, features);
        learner.learn(
            Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
      }
      return learner.modelBytes();
    }
  }

  private static Session fold() {
    SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
    Workload workload = new Workload(3);
    Session session = fold.fold(null, workload.interaction(0)).session();
    for (int index = 1; index < INTERACTIONS; index++) {
      session = fold.fold(session, workload.interaction(index)).session();
    }
    return session;
  }

  private static Surface surface() {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName(Workload.SURFACE)
            .setLivePolicy(POLICY)
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName(POLICY)
                    .setVowpalWabbit(
                        VowpalWabbitPolicy.newBuilder().setArguments(Workload.ARGUMENTS)))
            .setReward(RewardConfig.getDefaultInstance())
            .build());
  }

  /** The user's session from its bytes in the view, as the service finds it. */
  Session session(String userId) {
    byte[] bytes = sessions.get(key(userId));
    if (bytes == null) {
      throw new IllegalStateException("no session of " + userId);
    }
    try {
      return Session.parseFrom(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] key(String userId) {
    return userId.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    decisions.close();
    sessions.close();
  }

  /** Takes and acknowledges every record and keeps none. */
  static final class Discarding extends MockProducer<byte[], byte[]> {
    private static final RecordMetadata TAKEN =
        new RecordMetadata(new TopicPartition("decisions", 0), 0, 0, 0, 0, 0);

    private long taken;
    private long awaited;

    Discarding() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(
        ProducerRecord<byte[], byte[]> record, Callback callback) {
      callback.onCompletion(TAKEN, null);
      if (++taken == awaited) {
        notifyAll();
      }
      return CompletableFuture.completedFuture(TAKEN);
    }

    /** Records that it took; any thread. */
    synchronized long taken() {
      return taken;
    }

    /** Waits until it took so many; one thread at a time, woken once. */
    synchronized void awaitTaken(long records) throws InterruptedException {
      awaited = records;
      while (taken < records) {
        wait();
      }
    }
  }
}
