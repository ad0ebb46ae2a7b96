package io.waggle.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.waggle.app.embedded.EmbeddedKafka;
import io.waggle.app.embedded.EmbeddedTopics;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.benchmarks.loop.InteractionWriter;
import io.waggle.benchmarks.loop.LocalFlink;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.benchmarks.loop.TopicCounts;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.job.SessionJob;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A broker in this JVM that holds what a ranking service answers from: a model that learned, and a
 * full session, still lasting, for each user that asks; where asked for, the session job beside it.
 * The learning job is left out, as it would learn from what nobody was shown.
 */
final class LoadedBroker implements AutoCloseable {
  static final String SURFACE = Workload.SURFACE;

  private static final String POLICY = "learner";
  private static final int LEARNED = 1_000;
  private static final int INTERACTIONS = 40;
  private static final int DECISION_BYTES_KEPT = 256 << 20;
  private static final int MANAGED_MEGABYTES = 64;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final EmbeddedKafka kafka;
  private final byte[] model;
  private final List<Session> sessions = new ArrayList<>();

  /**
   * Starts it.
   *
   * @param directory of all its data
   * @param withSessionJob true: rank-requests over Kafka are answered, too
   */
  LoadedBroker(Plan plan, Path directory, boolean withSessionJob, Progress progress)
      throws Exception {
    try {
      progress.say("starting a broker");
      kafka = opened(EmbeddedKafka.start(directory.resolve("kafka")));
      EmbeddedTopics.create(kafka.bootstrapServers());
      try (TopicCounts topics = new TopicCounts(kafka.bootstrapServers())) {
        topics.keepOnly(Topics.DECISIONS, DECISION_BYTES_KEPT);
      }
      model = train(plan);
      List<List<Interaction>> interactions = interactions();
      publish(interactions);
      if (withSessionJob) {
        progress.say("starting the session job");
        startSessionJob(directory, interactions);
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  /** One policy that learns, every user and session feature multiplied with every action's. */
  static Surfaces surfaces() {
    return new Surfaces(
        List.of(
            Surface.of(
                SurfaceConfig.newBuilder()
                    .setName(SURFACE)
                    .setLivePolicy(POLICY)
                    .addPolicies(
                        PolicyConfig.newBuilder()
                            .setName(POLICY)
                            .setVowpalWabbit(
                                VowpalWabbitPolicy.newBuilder().setArguments(Workload.ARGUMENTS)))
                    .setReward(RewardConfig.getDefaultInstance())
                    .build())));
  }

  private static byte[] train(Plan plan) throws RejectedExampleException {
    Workload workload = new Workload(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(Workload.ARGUMENTS, null)) {
      for (int event = 0; event < LEARNED; event++) {
        Decision decision = workload.decision(plan.actions(), plan.features());
        learner.learn(
            Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
      }
      return learner.modelBytes();
    }
  }

  /** Of each user, a second apart up to now. */
  private static List<List<Interaction>> interactions() {
    long endMillis = System.currentTimeMillis();
    Workload workload = new Workload(2);
    List<List<Interaction>> all = new ArrayList<>();
    for (int user = 0; user < Requests.COUNT; user++) {
      List<Interaction> ofUser = new ArrayList<>(INTERACTIONS);
      for (int index = 0; index < INTERACTIONS; index++) {
        ofUser.add(
            workload.interaction(index).toBuilder()
                .setInteractionId("i" + user + "-" + index)
                .setUserId(Requests.user(user))
                .setEventTimeMillis(endMillis - (INTERACTIONS - index) * 1_000L)
                .build());
      }
      all.add(ofUser);
    }
    return all;
  }

  private void publish(List<List<Interaction>> interactions) {
    SessionFold fold = new SessionFold(SessionSettings.DEFAULT);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "max.request.size", 8 << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (List<Interaction> ofUser : interactions) {
        Session session = fold.fold(null, ofUser.get(0)).session();
        for (Interaction next : ofUser.subList(1, ofUser.size())) {
          session = fold.fold(session, next).session();
        }
        sessions.add(session);
        send(producer, Topics.SESSIONS, session.getUserId(), session);
      }
      long now = System.currentTimeMillis();
      ServableModel published =
          new ServableModel(
              SURFACE,
              POLICY,
              now,
              ByteString.copyFrom(model),
              Workload.ARGUMENTS,
              LEARNED,
              now,
              0,
              0);
      for (ModelSnapshot part : ModelParts.split(published)) {
        send(producer, Topics.MODELS, Topics.modelKey(SURFACE, POLICY, 0, part.getPart()), part);
      }
      producer.flush();
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, String key, MessageLite value) {
    var unused =
        producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value.toByteArray()));
  }

  /** The job folds the sessions itself, from the same interactions. */
  private void startSessionJob(Path directory, List<List<Interaction>> interactions)
      throws Exception {
    LocalFlink flink = opened(LocalFlink.start(directory.resolve("flink"), 1, MANAGED_MEGABYTES));
    JobSettings settings =
        JobSettings.of(
            kafka.bootstrapServers(), directory.resolve("checkpoints").toAbsolutePath().toUri());
    StreamExecutionEnvironment environment =
        new StreamExecutionEnvironment(JobEnvironment.configuration(settings));
    SessionJob.define(environment, settings, surfaces());
    flink.submit("session", environment, null);
    try (InteractionWriter writer = new InteractionWriter(kafka.bootstrapServers())) {
      interactions.forEach(ofUser -> ofUser.forEach(writer::write));
      writer.flush();
    }
  }

  /** As {@code host:port}. */
  String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** The model's own bytes. */
  byte[] model() {
    return model.clone();
  }

  /** Of the users of the requests, in their order. */
  List<Session> sessions() {
    return List.copyOf(sessions);
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
