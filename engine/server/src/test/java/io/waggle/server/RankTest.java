package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.NOW;
import static io.waggle.server.ServiceUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.RankingServiceGrpc;
import io.waggle.v1.RankingServiceGrpc.RankingServiceBlockingStub;
import io.waggle.v1.Session;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankTest {
  private final ServiceUnderTest service = new ServiceUnderTest();
  private final RankingServiceBlockingStub client =
      RankingServiceGrpc.newBlockingStub(service.channel());

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void theAnswerRanksEveryActionAndTheDecisionIsLoggedAsAnswered()
      throws InvalidProtocolBufferException {
    RankResponse answer = client.rank(request(5).setUserId("ann").build());

    assertThat(answer.getDecisionId()).isEqualTo("id-1");
    assertThat(answer.getRankingList())
        .extracting(RankedAction::getActionId)
        .containsExactlyInAnyOrder("a0", "a1", "a2", "a3", "a4");
    assertThat(answer.getRanking(0).getActionId()).isEqualTo(answer.getChosenActionId());
    await(() -> service.metrics.decisionsLogged() == 1);
    var record = service.decisions.history().get(0);
    Decision logged = Decision.parseFrom(record.value());
    assertThat(record.topic()).isEqualTo(Topics.DECISIONS);
    assertThat(new String(record.key(), java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("id-1");
    assertThat(record.timestamp()).isEqualTo(NOW);
    assertThat(logged.getEventTimeMillis()).isEqualTo(NOW);
    assertThat(logged.getUserId()).isEqualTo("ann");
    assertThat(logged.getActions(logged.getOrder(0)).getId()).isEqualTo(answer.getChosenActionId());
    assertThat(logged.getPropensity()).isEqualTo(answer.getRanking(0).getProbability());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theSameDecisionIdIsAnsweredTheSame(long seed) {
    RankRequest request = request(10).setDecisionId("decision-" + seed).build();

    assertThat(client.rank(request)).isEqualTo(client.rank(request));
  }

  @Test
  void theUsersSessionIsUsedAndAnAnonymousRequestUsesNone() {
    service.sessions.put("ann", Session.newBuilder().setUserId("ann").setVersion(7).build());
    service.sessions.put("", Session.newBuilder().setVersion(99).build());

    assertThat(client.rank(request(2).setUserId("ann").build()).getSessionVersion()).isEqualTo(7);
    assertThat(client.rank(request(2).setUserId("ben").build()).getSessionVersion()).isZero();
    assertThat(client.rank(request(2).build()).getSessionVersion()).isZero();
  }

  @Test
  void anUnknownSurfaceIsNotFound() {
    Status status = refusal(request(2).setSurface("nowhere"));

    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription()).isEqualTo("surface: no surface \"nowhere\" is configured");
  }

  @Test
  void zeroActionsWithoutACatalogueAreRefused() {
    Status status = refusal(request(0));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("actions: ");
  }

  @Test
  void tenThousandActionsAreRefusedByTheirRule() {
    Status status = refusal(request(10_000));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("actions: ").contains("1000");
  }

  @Test
  void aThousandActionsAreRanked() {
    RankResponse answer = client.rank(request(1_000).build());

    Set<String> ids = new HashSet<>();
    answer.getRankingList().forEach(ranked -> ids.add(ranked.getActionId()));
    assertThat(ids).hasSize(1_000);
  }

  @Test
  void duplicateActionIdsAreRefusedWithTheirPlace() {
    Status status =
        refusal(
            request(3)
                .addActions(Action.newBuilder().setId("a1"))
                .addActions(Action.newBuilder().setId("a7")));

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).startsWith("actions[3].id: unique");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e7})
  void numbersThatAreNotFiniteOrTooLargeAreRefusedAsGrpcDetails(double number)
      throws InvalidProtocolBufferException {
    Namespace broken = namespace("device", number);
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> client.rank(request(2).addContext(broken).build()));

    com.google.rpc.Status status = StatusProto.fromThrowable(refusal);
    assertThat(status).isNotNull();
    BadRequest details = status.getDetails(0).unpack(BadRequest.class);
    assertThat(details.getFieldViolationsList())
        .extracting(BadRequest.FieldViolation::getField)
        .allMatch(field -> field.equals("context[0].features[0].value.number"));
    assertThat(details.getFieldViolations(0).getDescription()).isNotEmpty();
  }

  @Test
  void manyBrokenRulesStillFitInTheAnswersHeaders() {
    RankRequest.Builder request = request(2);
    for (int i = 0; i < 16; i++) {
      request.addContext(namespace("1 " + "x".repeat(60), Double.NaN));
    }

    assertThat(refusal(request).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aRequestOverFourMebibytesIsRefusedAndTheServiceStaysUp() {
    String long1 = "x".repeat(1_000);
    Namespace.Builder namespace = Namespace.newBuilder().setName("big");
    for (int i = 0; i < 1_000; i++) {
      namespace.addFeatures(
          Feature.newBuilder().setName("f" + i).setValue(FeatureValue.newBuilder().setText(long1)));
    }
    RankRequest.Builder request = request(2);
    for (int i = 0; i < 5; i++) {
      request.addContext(namespace);
    }

    assertThat(refusal(request).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(client.rank(request(2).build()).getRankingCount()).isEqualTo(2);
  }

  @Test
  void everyRequestIsCountedOnceAndEveryAnswerHasItsDecision() {
    client.rank(request(2).build());
    client.rank(request(2).build());
    refusal(request(0));
    refusal(request(2).setSurface("nowhere"));

    await(() -> service.metrics.decisionsPending() == 0);
    assertThat(service.metrics.ranksAnswered()).isEqualTo(2);
    assertThat(service.metrics.decisionsLogged() + service.metrics.decisionsDropped()).isEqualTo(2);
    await(() -> service.metrics.rank().summary().count() == 4);
  }

  @Test
  void withoutRoomForDecisionsItAnswersAndSaysThatTheyCannotBeLearned() {
    RankRequest.Builder large = request(2);
    for (int i = 0; i < 200; i++) {
      large.addActions(Action.newBuilder().setId("%0100d".formatted(i)));
    }
    try (ServiceUnderTest small =
        new ServiceUnderTest(ServiceUnderTest.limits(Duration.ofSeconds(5), 4 << 20, 2))) {
      small.decisions.partitionsForException = new TimeoutException("away");
      RankingServiceBlockingStub ranking = RankingServiceGrpc.newBlockingStub(small.channel());

      int learnable = 0;
      RankResponse answer = ranking.rank(large.build());
      while (!answer.getNotLearnable()) {
        learnable++;
        assertThat(learnable).isLessThan(1_000);
        answer = ranking.rank(large.build());
      }

      assertThat(answer.getRankingCount()).isEqualTo(202);
      assertThat(learnable).isGreaterThan(50);
      assertThat(small.metrics.decisionsDropped()).isEqualTo(1);
      assertThat(small.metrics.decisionsPending()).isEqualTo(learnable);
    }
  }

  private Status refusal(RankRequest.Builder request) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> client.rank(request.build()))
        .getStatus();
  }

  private static Namespace namespace(String name, double number) {
    return Namespace.newBuilder()
        .setName(name)
        .addFeatures(
            Feature.newBuilder()
                .setName("age")
                .setValue(FeatureValue.newBuilder().setNumber(number)))
        .build();
  }

  private static RankRequest.Builder request(int actions) {
    List<Action> list =
        IntStream.range(0, actions)
            .mapToObj(i -> Action.newBuilder().setId("a" + i).build())
            .toList();
    return RankRequest.newBuilder().setSurface("front-page").addAllActions(list);
  }
}
