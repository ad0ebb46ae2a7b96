package io.waggle.app;

import static io.waggle.app.embedded.Await.await;
import static io.waggle.app.embedded.Await.awaitEmpty;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Reward;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What nobody should send, over the topics and over gRPC: a clear answer, and the loop goes on. */
@Timeout(180)
class BadInputITCase {
  private static final String SURFACE = "front";
  private static final String TEXTS = "texts";
  private static final String EMPTY = "no-catalogue";
  private static final List<String> INPUTS =
      List.of(Topics.INTERACTIONS, Topics.DECISIONS, Topics.REWARDS, Topics.RANK_REQUESTS);

  /** Everything that means something to the learner's text format or to a terminal. */
  private static final String HOSTILE =
      "a|b:0.5 c\td\ne'|shared \u00e9\u4e2d\ud83d\udc1d%20\u0000x:nan";

  private static final byte[] GARBAGE = {(byte) 0xff, 1, 2, 3};

  @TempDir static Path directory;
  private static EmbeddedWaggle waggle;
  private static LoopClient client;

  /** A record that cannot be used, and why. {@code timeMillis} null: now. */
  private record BadRecord(
      String topic, byte @Nullable [] value, @Nullable Long timeMillis, RejectReason reason) {}

  /** Where a record stands. */
  private record Position(String topic, int partition, long offset) {}

  @BeforeAll
  static void start() throws InterruptedException {
    waggle =
        EmbeddedWaggle.start(
            EmbeddedWaggle.Settings.in(directory.resolve("data")),
            new Surfaces(
                List.of(
                    Surface.of(SurfaceFiles.parse(LoopClient.surface(SURFACE, 3))),
                    Surface.of(SurfaceFiles.parse(LoopClient.surface(TEXTS, 3))),
                    Surface.of(
                        SurfaceFiles.parse(LoopClient.surface(EMPTY, 3)).toBuilder()
                            .clearCatalogue()
                            .clearPush()
                            .build()))),
            step -> {});
    client = LoopClient.of(waggle);
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (waggle != null) {
      waggle.close();
    }
  }

  @Test
  void everyBadRecordBecomesOneDeadLetterAndTheLoopGoesOnLearning() {
    client.teach(SURFACE, "sport", 5);
    Map<Position, RejectReason> expected = new HashMap<>();
    for (BadRecord bad : badRecords()) {
      RecordMetadata at = client.produce(bad.topic(), "bad", bad.value(), bad.timeMillis());
      expected.put(new Position(at.topic(), at.partition(), at.offset()), bad.reason());
    }
    client.teach(SURFACE, "sport", 20);

    await("all dead letters", () -> letters().size() >= expected.size());
    awaitEmpty(() -> LoopEquations.broken(client.service(), client.jobs(), SURFACE));
    Map<Position, RejectReason> found = new HashMap<>();
    for (DeadLetter letter : letters()) {
      found.put(
          new Position(letter.getTopic(), letter.getPartition(), letter.getOffset()),
          letter.getReason());
      assertThat(letter.getDetail()).as(letter.toString()).isNotBlank();
      assertThat(letter.getKey().toStringUtf8()).isEqualTo("bad");
    }
    assertThat(found).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(letters()).hasSameSizeAs(expected.keySet());
    // What came between and after the bad ones was neither lost nor late.
    assertThat(client.count(SURFACE, "decisions_learned")).isEqualTo(25);
    assertThat(client.count(SURFACE, "rewards_learned")).isEqualTo(25);
    client.track(SURFACE, "ann", "after the bad ones");
    await(
        "a session after the bad ones", () -> client.rank(SURFACE, "ann").getSessionVersion() == 1);
    assertThat(waggle.failure()).isNotDone();
  }

  @Test
  void theLearnersSyntaxInIdsNamesAndValuesIsData() {
    String user = HOSTILE;
    client.track(TEXTS, user, HOSTILE);
    await("a session", () -> client.rank(TEXTS, user).getSessionVersion() == 1);
    for (int i = 0; i < 60; i++) {
      RankResponse ranked = client.ranking().rank(hostileRequest("hostile " + i + HOSTILE));
      assertThat(ranked.getRankingList())
          .extracting(action -> action.getActionId())
          .containsExactlyInAnyOrder(HOSTILE, HOSTILE + "2", "plain");
      client.reward(
          TEXTS, ranked.getDecisionId(), ranked.getChosenActionId().equals(HOSTILE) ? 1 : 0);
    }

    // And those that were ranked while the session was waited for.
    await("60 learned", () -> client.count(TEXTS, "learner_decisions_learned") >= 60);
    await(
        "the hostile action learned",
        () ->
            client.ranking().rank(hostileRequest("")).getRankingList().stream()
                .anyMatch(
                    action ->
                        action.getActionId().equals(HOSTILE) && action.getProbability() > 0.85));
    assertThat(client.count(TEXTS, "learner_decisions_rejected")).isZero();
  }

  @Test
  void requestsThatCannotBeRankedAreAnsweredWithWhatIsWrong() {
    refused(request -> request.setSurface(EMPTY), Status.Code.INVALID_ARGUMENT, "actions");
    refused(request -> request.setSurface("nowhere"), Status.Code.NOT_FOUND, "surface");
    refused(
        request -> request.addAllActions(actions(10_000)), Status.Code.INVALID_ARGUMENT, "actions");
    refused(
        request -> request.addAllActions(actions(2)).addAllActions(actions(2)),
        Status.Code.INVALID_ARGUMENT,
        "actions");
    refused(
        request -> request.addContext(namespace("n", number(Double.NaN))),
        Status.Code.INVALID_ARGUMENT,
        "context");
    refused(
        request -> request.addContext(namespace("n", number(Double.NEGATIVE_INFINITY))),
        Status.Code.INVALID_ARGUMENT,
        "context");
    refused(
        request -> request.addContext(namespace("n", text("x".repeat(5 << 20)))),
        Status.Code.RESOURCE_EXHAUSTED,
        "too large");

    assertThat(client.rank(SURFACE, "ann").getRankingList()).hasSize(2);
  }

  @Test
  void theMostActionsAllowedAreRanked() {
    RankResponse ranked =
        client
            .ranking()
            .rank(RankRequest.newBuilder().setSurface(EMPTY).addAllActions(actions(1_000)).build());

    assertThat(ranked.getRankingList()).hasSize(1_000);
  }

  private static void refused(
      Function<RankRequest.Builder, RankRequest.Builder> broken, Status.Code code, String word) {
    RankRequest request = broken.apply(RankRequest.newBuilder().setSurface(SURFACE)).build();
    assertThatThrownBy(() -> client.ranking().rank(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refusal -> {
              assertThat(refusal.getStatus().getCode()).isEqualTo(code);
              assertThat(refusal.getStatus().getDescription()).contains(word);
            });
  }

  private static List<BadRecord> badRecords() {
    List<BadRecord> records = new ArrayList<>();
    long future = System.currentTimeMillis() + Duration.ofMinutes(30).toMillis();
    Map<String, byte[]> good =
        Map.of(
            Topics.INTERACTIONS, interaction().build().toByteArray(),
            Topics.DECISIONS, decision().build().toByteArray(),
            Topics.REWARDS, reward().build().toByteArray(),
            Topics.RANK_REQUESTS, request().build().toByteArray());
    for (String topic : INPUTS) {
      records.add(new BadRecord(topic, GARBAGE, null, RejectReason.REJECT_REASON_MALFORMED));
      records.add(
          new BadRecord(
              topic,
              "{\"json\": true}".getBytes(UTF_8),
              null,
              RejectReason.REJECT_REASON_MALFORMED));
      records.add(new BadRecord(topic, null, null, RejectReason.REJECT_REASON_MALFORMED));
      records.add(
          new BadRecord(topic, good.get(topic), future, RejectReason.REJECT_REASON_FUTURE_TIME));
    }
    invalidInteractionsAndRequests(records);
    invalidDecisions(records, future);
    invalidRewards(records, future);
    return records;
  }

  private static void invalidInteractionsAndRequests(List<BadRecord> records) {
    Stream.of(
            interaction().clearUserId(),
            interaction().setType("t".repeat(65)),
            interaction().addProperties(feature(number(Double.NaN))),
            interaction().addProperties(feature(number(Double.POSITIVE_INFINITY))))
        .map(each -> each.build().toByteArray())
        .map(bytes -> invalid(Topics.INTERACTIONS, bytes))
        .forEach(records::add);
    Stream.of(
            request().clearUserId(),
            request().addContext(Namespace.newBuilder().setName("0digit")),
            request().addContext(namespace("n", number(Double.NaN))),
            request().addAllActions(actions(2)).addAllActions(actions(2)),
            request().addAllActions(actions(1_001)))
        .map(each -> each.build().toByteArray())
        .map(bytes -> invalid(Topics.RANK_REQUESTS, bytes))
        .forEach(records::add);
    records.add(unknown(Topics.INTERACTIONS, interaction().setSurface("x").build().toByteArray()));
    records.add(unknown(Topics.RANK_REQUESTS, request().setSurface("x").build().toByteArray()));
  }

  private static void invalidDecisions(List<BadRecord> records, long future) {
    Stream.of(
            decision().clearDecisionId(),
            decision().clearActions(),
            decision().setPropensity(0),
            decision().setPropensity(Double.NaN),
            decision().clearOrder().addOrder(2),
            decision().addOrder(7),
            decision().clearActions().addAllActions(actions(1)).addAllActions(actions(1)),
            decision().addContext(namespace("n", number(Double.NaN))))
        .map(each -> each.build().toByteArray())
        .map(bytes -> invalid(Topics.DECISIONS, bytes))
        .forEach(records::add);
    records.add(unknown(Topics.DECISIONS, decision().setSurface("x").build().toByteArray()));
    records.add(
        new BadRecord(
            Topics.DECISIONS,
            decision().setPropensity(1e-9).build().toByteArray(),
            null,
            RejectReason.REJECT_REASON_OUT_OF_RANGE));
    records.add(
        new BadRecord(
            Topics.DECISIONS,
            decision().setEventTimeMillis(future).build().toByteArray(),
            null,
            RejectReason.REJECT_REASON_FUTURE_TIME));
  }

  private static void invalidRewards(List<BadRecord> records, long future) {
    Stream.of(
            reward().clearDecisionId(),
            reward().clearKind(),
            reward().setValue(Double.NaN),
            reward().setValue(Double.POSITIVE_INFINITY))
        .map(each -> each.build().toByteArray())
        .map(bytes -> invalid(Topics.REWARDS, bytes))
        .forEach(records::add);
    records.add(unknown(Topics.REWARDS, reward().setSurface("x").build().toByteArray()));
    records.add(
        new BadRecord(
            Topics.REWARDS,
            reward().setValue(1.5).build().toByteArray(),
            null,
            RejectReason.REJECT_REASON_OUT_OF_RANGE));
    records.add(
        new BadRecord(
            Topics.REWARDS,
            reward().setEventTimeMillis(future).build().toByteArray(),
            null,
            RejectReason.REJECT_REASON_FUTURE_TIME));
  }

  private static BadRecord invalid(String topic, byte[] value) {
    return new BadRecord(topic, value, null, RejectReason.REJECT_REASON_INVALID);
  }

  private static BadRecord unknown(String topic, byte[] value) {
    return new BadRecord(topic, value, null, RejectReason.REJECT_REASON_UNKNOWN_SURFACE);
  }

  private static Interaction.Builder interaction() {
    return Interaction.newBuilder()
        .setInteractionId("i")
        .setSurface(SURFACE)
        .setUserId("bad")
        .setType("click")
        .setEventTimeMillis(System.currentTimeMillis());
  }

  private static RankRequest.Builder request() {
    return RankRequest.newBuilder().setSurface(SURFACE).setUserId("bad").setDecisionId("bad");
  }

  private static Decision.Builder decision() {
    return Decision.newBuilder()
        .setDecisionId("bad")
        .setSurface(SURFACE)
        .setEventTimeMillis(System.currentTimeMillis())
        .addAllActions(actions(2))
        .addOrder(0)
        .setPropensity(0.5);
  }

  private static Reward.Builder reward() {
    return Reward.newBuilder()
        .setRewardId("bad")
        .setDecisionId("bad")
        .setSurface(SURFACE)
        .setEventTimeMillis(System.currentTimeMillis())
        .setValue(1);
  }

  private static RankRequest hostileRequest(String decisionId) {
    return RankRequest.newBuilder()
        .setDecisionId(decisionId)
        .setSurface(TEXTS)
        .setUserId(HOSTILE)
        .addContext(namespace(HOSTILE, text(HOSTILE)))
        .addActions(Action.newBuilder().setId(HOSTILE).addNamespaces(namespace(HOSTILE, number(1))))
        .addActions(
            Action.newBuilder().setId(HOSTILE + "2").addNamespaces(namespace("|", text("|"))))
        .addActions(Action.newBuilder().setId("plain"))
        .build();
  }

  /** A namespace of one feature. */
  private static Namespace namespace(String feature, FeatureValue value) {
    return Namespace.newBuilder()
        .setName("n")
        .addFeatures(Feature.newBuilder().setName(feature).setValue(value))
        .build();
  }

  private static Feature feature(FeatureValue value) {
    return Feature.newBuilder().setName("f").setValue(value).build();
  }

  private static FeatureValue number(double value) {
    return FeatureValue.newBuilder().setNumber(value).build();
  }

  private static FeatureValue text(String value) {
    return FeatureValue.newBuilder().setText(value).build();
  }

  private static List<Action> actions(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Action.newBuilder().setId("a" + i).build())
        .toList();
  }

  private static List<DeadLetter> letters() {
    List<DeadLetter> letters = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : client.records(Topics.DEAD_LETTERS)) {
      try {
        letters.add(DeadLetter.parseFrom(record.value()));
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("no dead letter in the topic of dead letters", e);
      }
    }
    return letters;
  }
}
