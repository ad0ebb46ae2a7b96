package io.waggle.app.embedded;

import static io.waggle.app.embedded.LoopClient.SURFACE;
import static io.waggle.app.embedded.LoopClient.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Reward;
import io.waggle.v1.WatchRankingsRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole loop in this JVM: broker, both jobs, service, and a client. */
@Timeout(300)
class EmbeddedWaggleITCase {
  @TempDir Path directory;

  @Test
  void anInteractionIsSeenByTheNextRankAndARewardBecomesAModelThatServes() throws Exception {
    try (EmbeddedWaggle waggle = start();
        LoopClient client = client(waggle)) {
      RankResponse first = client.rank("ann", "first");
      assertThat(first.getModelVersion()).isZero();
      assertThat(first.getRankingList())
          .extracting(RankedAction::getProbability)
          .doesNotContain(0.0);

      client.track("ann", "click-1");
      client.reward("first", 1);
      await("the session is seen", () -> client.rank("ann", "").getSessionVersion() == 1);
      await("a model serves", () -> client.rank("ann", "").getModelVersion() > 0);
      long version = client.rank("ann", "second").getModelVersion();
      client.reward("second", 1);

      await("a newer model serves", () -> client.rank("ann", "").getModelVersion() > version);
      assertThat(client.rank("ann", "").getEventsLearned()).isGreaterThanOrEqualTo(2);
      assertThat(client.job("rewards_learned")).isEqualTo(2);
      assertThat(waggle.figures().rewardToServing().count()).isPositive();
      assertThat(deadLetters(waggle)).isEmpty();
    }
  }

  @Test
  void aRankingIsPushedAfterAnInteraction() throws Exception {
    try (EmbeddedWaggle waggle = start();
        LoopClient client = client(waggle)) {
      Iterator<WatchRankingsResponse> rankings =
          RankingServiceGrpc.newBlockingStub(client.channel())
              .watchRankings(
                  WatchRankingsRequest.newBuilder().setSurface(SURFACE).setUserId("ann").build());
      CompletableFuture<WatchRankingsResponse> pushed =
          CompletableFuture.supplyAsync(rankings::next);
      int[] sent = {0};

      await(
          "a ranking is pushed",
          () -> {
            // The stream begins when the service has it, so the first ones may come too early.
            client.track("ann", "click-" + sent[0]++);
            return pushed.isDone();
          });

      assertThat(pushed.get().getRanking().getRankingCount()).isEqualTo(3);
      assertThat(pushed.get().getInteractionId()).startsWith("click-");
    }
  }

  @Test
  void whatCannotBeUsedGoesToDeadLettersWithItsReasonAndTheLoopGoesOn() throws Exception {
    try (EmbeddedWaggle waggle = start();
        LoopClient client = client(waggle)) {
      byte[] noise = {(byte) 0xff, 1, 2};
      long now = System.currentTimeMillis();
      send(waggle, Topics.INTERACTIONS, noise);
      send(waggle, Topics.DECISIONS, noise);
      send(waggle, Topics.REWARDS, noise);
      send(waggle, Topics.RANK_REQUESTS, noise);
      send(
          waggle,
          Topics.INTERACTIONS,
          Interaction.newBuilder()
              .setInteractionId("i")
              .setSurface("elsewhere")
              .setUserId("ann")
              .setType("view")
              .setEventTimeMillis(now)
              .build()
              .toByteArray());
      send(
          waggle,
          Topics.REWARDS,
          Reward.newBuilder()
              .setRewardId("r")
              .setDecisionId("d")
              .setSurface(SURFACE)
              .setValue(17)
              .setEventTimeMillis(now)
              .build()
              .toByteArray());
      send(waggle, Topics.DECISIONS, decisionOfNoProbability(now).toByteArray());
      send(
          waggle,
          Topics.RANK_REQUESTS,
          RankRequest.newBuilder().setSurface("elsewhere").setUserId("ann").build().toByteArray());

      await("eight dead letters", () -> deadLetters(waggle).size() == 8);

      Map<String, List<RejectReason>> reasons = new TreeMap<>();
      for (DeadLetter letter : deadLetters(waggle)) {
        reasons
            .computeIfAbsent(letter.getTopic(), topic -> new ArrayList<>())
            .add(letter.getReason());
        assertThat(letter.getDetail()).isNotEmpty();
        assertThat(letter.getValue().isEmpty()).isFalse();
      }
      assertThat(reasons.get(Topics.INTERACTIONS))
          .containsExactlyInAnyOrder(
              RejectReason.REJECT_REASON_MALFORMED, RejectReason.REJECT_REASON_UNKNOWN_SURFACE);
      assertThat(reasons.get(Topics.REWARDS))
          .containsExactlyInAnyOrder(
              RejectReason.REJECT_REASON_MALFORMED, RejectReason.REJECT_REASON_OUT_OF_RANGE);
      assertThat(reasons.get(Topics.DECISIONS))
          .containsExactlyInAnyOrder(
              RejectReason.REJECT_REASON_MALFORMED, RejectReason.REJECT_REASON_INVALID);
      assertThat(reasons.get(Topics.RANK_REQUESTS))
          .containsExactlyInAnyOrder(
              RejectReason.REJECT_REASON_MALFORMED, RejectReason.REJECT_REASON_UNKNOWN_SURFACE);

      client.rank("ann", "after");
      client.reward("after", 1);
      await("the loop learns on", () -> client.rank("ann", "").getModelVersion() > 0);
      assertThat(waggle.failure()).isNotDone();
    }
  }

  @Test
  void aRestartOnTheSameDataGoesOnWithSessionsModelsAndCounts() throws Exception {
    long version;
    try (EmbeddedWaggle waggle = start();
        LoopClient client = client(waggle)) {
      for (int i = 0; i < 5; i++) {
        client.track("ann", "click-" + i);
        client.rank("ann", "decision-" + i);
        client.reward("decision-" + i, 1);
      }
      await("all is learned", () -> client.job("rewards_learned") == 5);
      await("all is folded", () -> client.rank("ann", "last").getSessionVersion() == 5);
      await("a model serves", () -> client.rank("ann", "last").getEventsLearned() >= 5);
      version = client.rank("ann", "last").getModelVersion();
    }

    try (EmbeddedWaggle waggle = start();
        LoopClient client = client(waggle)) {
      RankResponse answer = client.rank("ann", "");
      assertThat(answer.getSessionVersion()).isEqualTo(5);
      assertThat(answer.getModelVersion()).isGreaterThanOrEqualTo(version);
      // What came after the last checkpoint is read once more, and counted once.
      await("rewards are as before", () -> client.job("rewards_received") == 5);
      await("interactions are as before", () -> client.job("interactions_folded") == 5);

      client.track("ann", "click-5");
      client.reward("decision-0", 1);

      await("the next one is folded", () -> client.rank("ann", "").getSessionVersion() == 6);
      await("the repeat is known", () -> client.job("rewards_duplicate") == 1);
      assertThat(client.job("rewards_received")).isEqualTo(6);
      assertThat(client.job("rewards_learned")).isEqualTo(5);
      assertThat(client.job("interactions_folded")).isEqualTo(6);
    }
  }

  @Test
  void aSecondLoopOnTheSameDataIsRefused() throws Exception {
    try (EmbeddedWaggle waggle = start()) {
      assertThat(waggle.port()).isPositive();
      assertThatThrownBy(this::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another waggle is running");
    }
  }

  private EmbeddedWaggle start() throws InterruptedException {
    return EmbeddedWaggle.start(
        EmbeddedWaggle.Settings.in(directory), LoopClient.surfaces(), step -> {});
  }

  private static LoopClient client(EmbeddedWaggle waggle) {
    return new LoopClient(waggle.port(), waggle.jobMetricsPort());
  }

  private static Decision decisionOfNoProbability(long now) {
    return Decision.newBuilder()
        .setDecisionId("d")
        .setSurface(SURFACE)
        .setEventTimeMillis(now)
        .addAllActions(LoopClient.config().getCatalogueList())
        .addOrder(0)
        .setPropensity(0)
        .build();
  }

  private static void send(EmbeddedWaggle waggle, String topic, byte[] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", waggle.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(topic, "ann".getBytes(StandardCharsets.UTF_8), value))
          .get(60, TimeUnit.SECONDS);
    }
  }

  private static List<DeadLetter> deadLetters(EmbeddedWaggle waggle) throws Exception {
    List<DeadLetter> letters = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", waggle.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(Topics.DEAD_LETTERS)) {
        partitions.add(new TopicPartition(partition.topic(), partition.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      while (letters.size() < end) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          letters.add(DeadLetter.parseFrom(record.value()));
        }
      }
    }
    return letters;
  }
}
