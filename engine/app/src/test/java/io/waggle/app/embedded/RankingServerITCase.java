package io.waggle.app.embedded;

import static io.waggle.app.embedded.Await.PATIENCE;
import static io.waggle.app.embedded.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.FeedbackServiceGrpc;
import io.waggle.v1.Interaction;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TrackRequest;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.WatchRankingsRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The ranking service on a real broker; sessions and the like are written as the jobs would. */
@Timeout(180)
class RankingServerITCase {
  @TempDir Path directory;
  private EmbeddedKafka kafka;
  private BrokerClient broker;
  private RankingServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws InterruptedException {
    kafka = EmbeddedKafka.start(directory.resolve("kafka"));
    EmbeddedTopics.create(kafka.bootstrapServers());
    broker = new BrokerClient(kafka.bootstrapServers());
    startServer();
    assertThat(server.awaitReady(PATIENCE)).as(server.missing().toString()).isTrue();
  }

  private void startServer() {
    server =
        RankingServer.start(
            ServerSettings.of("127.0.0.1", 0, kafka.bootstrapServers(), directory.resolve("views")),
            new Surfaces(List.of(surface())));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    stopServer();
    kafka.close();
  }

  private void stopServer() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void aSessionWrittenIsUsedByTheNextRankAndTheDecisionIsInTheLog() throws Exception {
    broker.produce(Topics.SESSIONS, "ann", session(3));
    await("session 3 of ann", () -> rank("ann").getSessionVersion() == 3);
    RankResponse answer = rank("ann");
    await("every decision is sent", () -> server.figures().decisionsPending() == 0);

    assertThat(server.figures().decisionsDropped()).isZero();
    assertThat(server.figures().interactionToSession().count()).isEqualTo(1);
    List<Decision> logged = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : broker.records(Topics.DECISIONS)) {
      if (new String(record.key(), UTF_8).equals(answer.getDecisionId())) {
        logged.add(Decision.parseFrom(record.value()));
        assertThat(record.timestamp()).isEqualTo(logged.get(0).getEventTimeMillis());
      }
    }
    assertThat(logged).extracting(Decision::getSessionVersion).containsExactly(3L);
    assertThat(broker.records(Topics.DECISIONS)).hasSize((int) server.figures().ranks());
  }

  @Test
  void feedbackThatWasAnsweredIsInTheLog() throws Exception {
    var feedback = FeedbackServiceGrpc.newBlockingStub(channel);
    feedback.track(
        TrackRequest.newBuilder()
            .addInteractions(
                Interaction.newBuilder().setSurface("front").setUserId("ann").setType("view"))
            .build());
    var answer =
        feedback.reward(
            RewardRequest.newBuilder().setDecisionId("d").setSurface("front").setValue(1).build());

    ConsumerRecord<byte[], byte[]> interaction = broker.records(Topics.INTERACTIONS).get(0);
    Interaction stored = Interaction.parseFrom(interaction.value());
    assertThat(stored.getUserId()).isEqualTo("ann");
    assertThat(stored.getInteractionId()).isNotEmpty();
    assertThat(interaction.timestamp()).isEqualTo(stored.getEventTimeMillis());
    Reward reward = Reward.parseFrom(broker.records(Topics.REWARDS).get(0).value());
    assertThat(reward.getRewardId()).isEqualTo(answer.getRewardId());
  }

  @Test
  void viewsAndDecisionsSurviveARestartWhileKafkaIsAway() {
    broker.produce(Topics.SESSIONS, "ann", session(3));
    await("session 3 of ann", () -> rank("ann").getSessionVersion() == 3);
    await("every decision is sent", () -> server.figures().decisionsPending() == 0);
    int before = broker.records(Topics.DECISIONS).size();

    String gone = kafka.bootstrapServers();
    kafka.close();
    List<String> made = new ArrayList<>();
    try {
      made.addAll(decisions(30));
      stopServer();
      startServer();

      assertThat(rank("ann").getSessionVersion()).isEqualTo(3);
      made.addAll(decisions(30));
      assertThat(server.ready()).isFalse();
      assertThat(server.figures().decisionsPending()).isEqualTo(61);
    } finally {
      kafka =
          EmbeddedKafka.start(
              directory.resolve("kafka"), Integer.parseInt(gone.substring(gone.indexOf(':') + 1)));
    }
    await("readiness", server::ready);
    await("61 decisions logged", () -> server.figures().decisionsLogged() == 61);
    eachIsInItsPartitionOnceAndInOrder(made, before + 61);
    broker.produce(Topics.SESSIONS, "ann", session(4));
    await("session 4 of ann", () -> rank("ann").getSessionVersion() == 4);
  }

  /** Ids of so many decisions made one after another. */
  private List<String> decisions(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              RankResponse answer = rank("ben");
              assertThat(answer.getNotLearnable()).isFalse();
              return answer.getDecisionId();
            })
        .toList();
  }

  private void eachIsInItsPartitionOnceAndInOrder(List<String> made, int all) {
    List<ConsumerRecord<byte[], byte[]>> records = broker.records(Topics.DECISIONS);
    assertThat(records).hasSize(all);
    Map<Integer, List<String>> byPartition =
        records.stream()
            .filter(record -> made.contains(new String(record.key(), UTF_8)))
            .collect(
                Collectors.groupingBy(
                    ConsumerRecord::partition,
                    Collectors.mapping(
                        record -> new String(record.key(), UTF_8), Collectors.toList())));
    assertThat(byPartition.values().stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(made);
    assertThat(byPartition.values())
        .allSatisfy(ids -> assertThat(ids).isSortedAccordingTo(comparing(made::indexOf)));
  }

  @Test
  void aSessionsTopicMadeAgainIsReadFromItsStart() throws Exception {
    broker.produce(Topics.SESSIONS, "ann", session(3));
    await("session 3 of ann", () -> rank("ann").getSessionVersion() == 3);

    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(Topics.SESSIONS)).all().get(60, TimeUnit.SECONDS);
    }
    await("the topic is made again", this::topicCreatedAgain);
    broker.produce(Topics.SESSIONS, "ben", session(1));

    await("session 1 of ben", () -> rank("ben").getSessionVersion() == 1);
    assertThat(rank("ann").getSessionVersion()).isZero();
  }

  @Test
  void topicsThatAreNotThereYetAreNamedUntilTheyAre() throws Exception {
    try (EmbeddedKafka bare = EmbeddedKafka.start(directory.resolve("bare"));
        RankingServer waiting =
            RankingServer.start(
                ServerSettings.of(
                    "127.0.0.1", 0, bare.bootstrapServers(), directory.resolve("bare-views")),
                new Surfaces(List.of(surface())))) {
      await(
          "the missing topic by its name",
          () ->
              waiting
                  .missing()
                  .contains("sessions: Kafka has no topic sessions: waggle topics create"));
      assertThat(waiting.ready()).isFalse();

      EmbeddedTopics.create(bare.bootstrapServers());

      assertThat(waiting.awaitReady(PATIENCE)).as(waiting.missing().toString()).isTrue();
    }
  }

  @Test
  void evaluationsAndPushedRankingsReachTheirReaders() throws Exception {
    Iterator<WatchRankingsResponse> rankings =
        RankingServiceGrpc.newBlockingStub(channel)
            .watchRankings(
                WatchRankingsRequest.newBuilder().setSurface("front").setUserId("ann").build());
    CompletableFuture<WatchRankingsResponse> pushed = CompletableFuture.supplyAsync(rankings::next);
    broker.produce(
        Topics.EVALUATIONS,
        Topics.evaluationKey("front", "random", "all"),
        PolicyEvaluation.newBuilder().setCount(7).build());

    await(
        "the evaluation",
        () ->
            PolicyServiceGrpc.newBlockingStub(channel)
                    .listPolicies(ListPoliciesRequest.getDefaultInstance())
                    .getPolicies(0)
                    .getEvaluation()
                    .getCount()
                == 7);
    await(
        "a pushed ranking",
        () -> {
          broker.produce(
              Topics.RANKINGS,
              "ann",
              WatchRankingsResponse.newBuilder().setSurface("front").setUserId("ann").build());
          return pushed.isDone();
        });
    assertThat(pushed.get().getUserId()).isEqualTo("ann");
  }

  @Test
  void theLargestDecisionFitsInTheLog() {
    RankRequest.Builder request = request("ann");
    Random random = new Random(7);
    Namespace.Builder namespace = Namespace.newBuilder().setName("big");
    for (int i = 0; i < 1_000; i++) {
      // Not compressible, so that the broker's bound on records is really met.
      StringBuilder noise = new StringBuilder();
      random.ints(1_000, 'a', 'z' + 1).forEach(noise::appendCodePoint);
      namespace.addFeatures(
          Feature.newBuilder()
              .setName("f" + i)
              .setValue(FeatureValue.newBuilder().setText(noise.toString())));
    }
    request
        .addContext(namespace)
        .addContext(namespace.clone().setName("bigger"))
        .addContext(namespace.clone().setName("biggest"));

    RankingServiceGrpc.newBlockingStub(channel).rank(request.build());

    await("every decision is sent", () -> server.figures().decisionsPending() == 0);
    assertThat(server.figures().decisionsLogged()).isEqualTo(1);
    assertThat(request.build().getSerializedSize()).isGreaterThan(2_900_000);
  }

  private boolean topicCreatedAgain() {
    try {
      EmbeddedTopics.create(kafka.bootstrapServers());
      return true;
    } catch (IllegalStateException e) {
      // The broker is still deleting the old one.
      return false;
    }
  }

  private RankResponse rank(String user) {
    return RankingServiceGrpc.newBlockingStub(channel).rank(request(user).build());
  }

  private static RankRequest.Builder request(String user) {
    return RankRequest.newBuilder()
        .setSurface("front")
        .setUserId(user)
        .addAllActions(
            IntStream.range(0, 5)
                .mapToObj(i -> Action.newBuilder().setId("a" + i).build())
                .toList());
  }

  private static Session session(long version) {
    return Session.newBuilder().setVersion(version).build();
  }

  private static Surface surface() {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName("front")
            .setLivePolicy("random")
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("random")
                    .setUniform(UniformPolicy.getDefaultInstance()))
            .setReward(RewardConfig.getDefaultInstance())
            .build());
  }
}
