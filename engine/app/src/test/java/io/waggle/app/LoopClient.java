package io.waggle.app;

import static io.waggle.app.embedded.Await.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.embedded.BrokerClient;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.app.report.MetricsPage;
import io.waggle.v1.Action;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.FeedbackServiceGrpc.FeedbackServiceBlockingStub;
import io.waggle.v1.Interaction;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyStatus;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RankingServiceGrpc.RankingServiceBlockingStub;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.TrackRequest;
import io.waggle.v1.WatchRankingsRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** What an app, an operator and a producer of records can do with a running loop. One thread. */
final class LoopClient implements AutoCloseable {
  /** The learner of {@link #surface}; its greedy action has 0.8 and a share of the rest. */
  static final String LEARNER = "learner";

  private final int port;
  private final List<Integer> jobMetricsPorts;
  private final String bootstrapServers;
  private final ManagedChannel channel;
  private final KafkaProducer<byte @Nullable [], byte @Nullable []> producer;

  LoopClient(int port, int jobMetricsPort, String bootstrapServers) {
    this(port, List.of(jobMetricsPort), bootstrapServers);
  }

  /** With jobs that may run in any of several processes. */
  LoopClient(int port, List<Integer> jobMetricsPorts, String bootstrapServers) {
    this.port = port;
    this.jobMetricsPorts = jobMetricsPorts;
    this.bootstrapServers = bootstrapServers;
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static LoopClient of(EmbeddedWaggle waggle) {
    return new LoopClient(waggle.port(), waggle.jobMetricsPort(), waggle.bootstrapServers());
  }

  /** A surface's file: learns at the first reward, pushes its catalogue of sport and news. */
  static String surface(String name, int waitSeconds) {
    return """
        name: %s
        livePolicy: learner
        policies:
          - name: learner
            vowpalWabbit:
              arguments: --cb_explore_adf --epsilon 0.2 -b 12 -l 0.5
          - name: uniform
            uniform: {}
          - name: baseline
            baseline: {}
        reward:
          wait: %ds
          learnWhen: LEARN_WHEN_REWARD
        catalogue:
          - id: sport
          - id: news
        push:
          enabled: true
        """
        .formatted(name, waitSeconds);
  }

  RankingServiceBlockingStub ranking() {
    return RankingServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  FeedbackServiceBlockingStub feedback() {
    return FeedbackServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** A user's rankings as they are pushed, until it is closed. */
  static final class Watch implements AutoCloseable {
    private final Context.CancellableContext context = Context.current().withCancellation();
    private final Iterator<WatchRankingsResponse> rankings;

    private Watch(RankingServiceBlockingStub service, WatchRankingsRequest request) {
      Context before = context.attach();
      try {
        rankings = service.watchRankings(request);
      } finally {
        context.detach(before);
      }
    }

    /** The next one, when it comes. */
    CompletableFuture<WatchRankingsResponse> next() {
      return CompletableFuture.supplyAsync(rankings::next);
    }

    @Override
    public void close() {
      context.close();
    }
  }

  Watch watch(String surface, String user) {
    return new Watch(
        ranking(), WatchRankingsRequest.newBuilder().setSurface(surface).setUserId(user).build());
  }

  /** Ranks the actions, or the catalogue where there are none. */
  RankResponse rank(String surface, String user, String... actions) {
    return ranking()
        .rank(
            RankRequest.newBuilder()
                .setSurface(surface)
                .setUserId(user)
                .addAllActions(
                    Stream.of(actions).map(id -> Action.newBuilder().setId(id).build()).toList())
                .build());
  }

  void reward(String surface, String decision, double value) {
    var unused =
        feedback()
            .reward(
                RewardRequest.newBuilder()
                    .setSurface(surface)
                    .setDecisionId(decision)
                    .setValue(value)
                    .build());
  }

  /** Tells of a click on sport. */
  void track(String surface, String user, String interactionId) {
    track(surface, user, interactionId, "sport");
  }

  /** Tells of a click on an item, which has the category sport. */
  void track(String surface, String user, String interactionId, String item) {
    var unused =
        feedback()
            .track(
                TrackRequest.newBuilder()
                    .addInteractions(
                        Interaction.newBuilder()
                            .setInteractionId(interactionId)
                            .setSurface(surface)
                            .setUserId(user)
                            .setType("click")
                            .setItemId(item)
                            .setCategory("sport"))
                    .build());
  }

  /** Ranks and rewards so often: 1 where that action was chosen, else 0. */
  void teach(String surface, String good, int times, String... actions) {
    for (int i = 0; i < times; i++) {
      RankResponse ranked = rank(surface, "pupil", actions);
      reward(surface, ranked.getDecisionId(), ranked.getChosenActionId().equals(good) ? 1 : 0);
    }
  }

  PolicyStatus policy(String surface, String policy) {
    return PolicyServiceGrpc.newBlockingStub(channel)
        .listPolicies(ListPoliciesRequest.newBuilder().setSurface(surface).build())
        .getPoliciesList()
        .stream()
        .filter(status -> status.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  MetricsPage service() {
    return page(List.of(port));
  }

  MetricsPage jobs() {
    return page(jobMetricsPorts);
  }

  private static MetricsPage page(List<Integer> ports) {
    try {
      return MetricsPage.readAll(
          ports.stream().map(port -> URI.create("http://127.0.0.1:" + port + "/metrics")).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A checkpointed count of the jobs for a surface. */
  double count(String surface, String name) {
    return jobs().sum("_surface_" + name, "surface", surface);
  }

  /** Writes a record and returns where it stands; {@code timeMillis} null: now. */
  RecordMetadata produce(
      String topic, @Nullable String key, byte @Nullable [] value, @Nullable Long timeMillis) {
    try {
      return producer
          .send(
              new ProducerRecord<>(
                  topic, null, timeMillis, key == null ? null : key.getBytes(UTF_8), value))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker does not take the record", e);
    }
  }

  RecordMetadata produce(String topic, String key, Message value) {
    return produce(topic, key, value.toByteArray(), null);
  }

  /** Every record of a topic up to its end as it is now. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    return new BrokerClient(bootstrapServers).records(topic);
  }

  /** The first record of a topic that is so, as it is now. */
  <T extends Message> Optional<T> find(String topic, Parser<T> parser, Predicate<T> wanted) {
    for (ConsumerRecord<byte[], byte[]> record : records(topic)) {
      try {
        T message = parser.parseFrom(record.value());
        if (wanted.test(message)) {
          return Optional.of(message);
        }
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("a record of " + topic + " is none", e);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    producer.close(Duration.ZERO);
  }
}
