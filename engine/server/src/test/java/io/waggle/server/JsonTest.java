package io.waggle.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.waggle.server.view.ViewProgress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServiceUnderTest service = new ServiceUnderTest();

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void rankIsAnsweredUnderItsPathAndUnderItsGrpcName() throws Exception {
    String request = "{\"surface\":\"front-page\",\"actions\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";

    for (String path : List.of("/v1/rank", "/waggle.v1.RankingService/Rank")) {
      HttpResponse<String> answer = service.post(path, request);

      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(JSON.readTree(answer.body()).get("ranking")).hasSize(2);
    }
  }

  @Test
  void trackRewardAndActivateAreAnsweredUnderTheirPaths() throws Exception {
    HttpResponse<String> track =
        service.post(
            "/v1/track",
            "{\"interactions\":[{\"surface\":\"front-page\",\"userId\":\"ann\",\"type\":\"view\"}]}");
    HttpResponse<String> reward =
        service.post("/v1/reward", "{\"decisionId\":\"d\",\"surface\":\"front-page\",\"value\":1}");
    HttpResponse<String> activate =
        service.post("/v1/activate", "{\"decisionId\":\"d\",\"surface\":\"front-page\"}");

    assertThat(track.body()).contains("\"accepted\":");
    assertThat(reward.body()).contains("\"rewardId\":");
    assertThat(activate.statusCode()).isEqualTo(200);
    assertThat(service.feedback.history()).hasSize(3);
  }

  @Test
  void aBrokenRuleIsToldAsJson() throws Exception {
    HttpResponse<String> answer =
        service.post("/v1/rank", "{\"surface\":\"\",\"actions\":[{\"id\":\"a\"}]}");

    JsonNode body = JSON.readTree(answer.body());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(body.get("code").asText()).isEqualTo("INVALID_ARGUMENT");
    assertThat(body.get("message").asText()).startsWith("surface: ");
    assertThat(body.get("violations").get(0).get("field").asText()).isEqualTo("surface");
    assertThat(body.get("violations").get(0).get("rule").asText()).isNotEmpty();
  }

  @Test
  void anUnknownSurfaceIs404AsJson() throws Exception {
    HttpResponse<String> answer =
        service.post("/v1/rank", "{\"surface\":\"no \\\"where\\\"\",\"actions\":[{\"id\":\"a\"}]}");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(JSON.readTree(answer.body()).get("message").asText())
        .isEqualTo("surface: no surface \"no \"where\"\" is configured");
  }

  @Test
  void aMessageHasItsCharactersAsTheyAre() throws Exception {
    for (String path : List.of("/v1/rank", "/v1/reward")) {
      HttpResponse<String> answer =
          service.post(path, "{\"surface\":\"größe 日本+🐝 100%25\",\"decisionId\":\"d\"}");

      assertThat(JSON.readTree(answer.body()).get("message").asText())
          .isEqualTo("surface: no surface \"größe 日本+🐝 100%25\" is configured");
    }
  }

  @Test
  void whatIsNotJsonIsRefusedAndTheServiceStaysUp() throws Exception {
    for (String broken : List.of("{\"surface\":1", "[]", "", "{\"surface\":{}}", "\u0000")) {
      HttpResponse<String> answer = service.post("/v1/rank", broken);

      assertThat(answer.statusCode()).as("%s -> %s", broken, answer.body()).isEqualTo(400);
    }
    assertThat(service.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyOfFiveMegabytesIsRefusedAndTheServiceStaysUp() throws Exception {
    String big = "{\"surface\":\"" + "x".repeat(5_000_000) + "\"}";

    HttpResponse<String> answer = service.post("/v1/rank", big);

    assertThat(answer.statusCode()).as(answer.body()).isIn(413, 429);
    assertThat(service.get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void policiesAreListedWithAQuery() throws Exception {
    HttpResponse<String> answer = service.get("/v1/policies?surface=front-page");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).get("policies")).hasSize(2);
    assertThat(service.get("/v1/policies?surface=nowhere").statusCode()).isEqualTo(404);
  }

  @Test
  void readinessSaysWhatIsMissingUntilEveryViewCaughtUpAndThenStays() throws Exception {
    service.views =
        List.of(
            new ViewProgress("sessions", true, 0, ""),
            new ViewProgress("models", false, 3, "3 records to catch up with"));
    HttpResponse<String> early = service.get("/ready");
    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(JSON.readTree(early.body()).get("missing").get(0).asText())
        .isEqualTo("models: 3 records to catch up with");
    assertThat(grpcHealth()).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(service.readiness().await(Duration.ZERO)).isFalse();

    service.views = List.of(new ViewProgress("models", true, 0, ""));
    service.warmUp = List.of("warm-up: 3 rankings so far, takes 3.0 s");
    assertThat(JSON.readTree(service.get("/ready").body()).get("missing").get(0).asText())
        .isEqualTo("warm-up: 3 rankings so far, takes 3.0 s");
    assertThat(service.readiness().await(Duration.ZERO)).isFalse();

    service.warmUp = List.of();
    HttpResponse<String> later = service.get("/ready");
    assertThat(later.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(later.body()).get("ready").asBoolean()).isTrue();
    assertThat(grpcHealth()).isEqualTo(ServingStatus.SERVING);
    assertThat(service.readiness().await(Duration.ZERO)).isTrue();

    service.views = List.of(new ViewProgress("models", false, 0, "Kafka is away"));
    assertThat(service.get("/ready").statusCode()).isEqualTo(200);

    service.readiness().stop();
    HttpResponse<String> last = service.get("/ready");
    assertThat(last.statusCode()).isEqualTo(503);
    assertThat(JSON.readTree(last.body()).get("missing").get(0).asText())
        .isEqualTo("service: is about to stop");
    assertThat(grpcHealth()).isEqualTo(ServingStatus.NOT_SERVING);
    // It still answers.
    assertThat(service.get("/v1/policies").statusCode()).isEqualTo(200);
  }

  @Test
  void everyMetricIsOnThePageOfMetrics() throws Exception {
    String page = Files.readString(Path.of("..", "..", "docs", "metrics.md"));

    List<String> names =
        service
            .get("/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("waggle_"))
            .map(line -> line.split("[{ ]", 2)[0].replaceFirst("_(bucket|count|sum|max)$", ""))
            .distinct()
            .toList();

    assertThat(names)
        .contains("waggle_spool_bytes", "waggle_spool_oldest_seconds")
        .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }

  @Test
  void metricsShowTheCountersByTheirDocumentedNames() throws Exception {
    service.post("/v1/rank", "{\"surface\":\"front-page\",\"actions\":[{\"id\":\"a\"}]}");
    service.post("/v1/reward", "{\"decisionId\":\"d\",\"surface\":\"front-page\",\"value\":9}");

    String metrics = service.get("/metrics").body();

    assertThat(metrics)
        .contains("waggle_rank_requests_total{outcome=\"ok\"} 1.0")
        .contains("waggle_rank_requests_total{outcome=\"unknown_surface\"} 0.0")
        .contains("waggle_feedback_total{kind=\"reward\",outcome=\"refused\"} 1.0")
        .contains("waggle_rank_seconds_bucket")
        .contains("waggle_rank_seconds_count 1")
        .contains("waggle_reward_to_serving_seconds_count 0")
        .contains("waggle_interaction_to_session_seconds_count 0")
        .contains("waggle_decisions_logged_total")
        .contains("waggle_decisions_dropped_total 0.0")
        .contains("waggle_decisions_pending")
        .contains("waggle_watchers 0.0")
        .contains("waggle_watch_lost_total 0.0");
  }

  @Test
  void reflectionNamesTheServices() throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(service.channel())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse value) {
                    answer.complete(value);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
        .extracting(io.grpc.reflection.v1.ServiceResponse::getName)
        .contains(
            "waggle.v1.RankingService",
            "waggle.v1.FeedbackService",
            "waggle.v1.PolicyService",
            "grpc.health.v1.Health");
    ask.onCompleted();
  }

  /** As older clients ask; its messages have other names and the same bytes. */
  @Test
  void reflectionOfBeforeNamesTheServicesToo() {
    MethodDescriptor<ServerReflectionRequest, ServerReflectionResponse> method =
        ServerReflectionGrpc.getServerReflectionInfoMethod().toBuilder()
            .setFullMethodName("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
            .build();

    ServerReflectionResponse answer =
        ClientCalls.blockingServerStreamingCall(
                service.channel(),
                method.toBuilder().setType(MethodDescriptor.MethodType.SERVER_STREAMING).build(),
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                ServerReflectionRequest.newBuilder().setListServices("").build())
            .next();

    assertThat(answer.getListServicesResponse().getServiceList())
        .extracting(io.grpc.reflection.v1.ServiceResponse::getName)
        .contains("waggle.v1.RankingService", "grpc.health.v1.Health");
  }

  private ServingStatus grpcHealth() {
    return HealthGrpc.newBlockingStub(service.channel())
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
