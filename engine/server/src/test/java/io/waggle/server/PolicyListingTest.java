package io.waggle.server;

import static io.waggle.server.ServiceUnderTest.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.core.model.ServingModels.Version;
import io.waggle.v1.ListPoliciesRequest;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyServiceGrpc;
import io.waggle.v1.PolicyStatus;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PolicyListingTest {
  private final ServiceUnderTest service = new ServiceUnderTest();

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void policiesComeAsConfiguredWithTheirKindAndTheLiveOneMarked() {
    List<PolicyStatus> policies = list();

    assertThat(policies).extracting(PolicyStatus::getPolicy).containsExactly("everything", "first");
    assertThat(policies).extracting(PolicyStatus::getKind).containsExactly("uniform", "baseline");
    assertThat(policies).extracting(PolicyStatus::getLive).containsExactly(true, false);
    assertThat(policies).noneMatch(PolicyStatus::hasEvaluation);
  }

  @Test
  void theServedVersionAndTheShadowValueAreThose() {
    PolicyEvaluation evaluation = PolicyEvaluation.newBuilder().setCount(42).setIps(0.3).build();
    service.versions.put("first", new Version(17, 1_000, NOW - 2_500));
    service.evaluations.put("first", evaluation);

    PolicyStatus first = list().get(1);

    assertThat(first.getModelVersion()).isEqualTo(17);
    assertThat(first.getEventsLearned()).isEqualTo(1_000);
    assertThat(first.getModelAgeMillis()).isEqualTo(2_500);
    assertThat(first.getEvaluation()).isEqualTo(evaluation);
    assertThat(list().get(0).getModelVersion()).isZero();
  }

  @Test
  void aValueHasItsSegmentsAlsoOverJson() throws Exception {
    service.evaluations.put("first", PolicyEvaluation.newBuilder().setCount(42).build());
    service.segments.add(
        PolicyEvaluation.newBuilder()
            .setPolicy("first")
            .setSegment("user.device=phone")
            .setCount(7)
            .build());

    HttpResponse<String> answer = service.get("/v1/surfaces/front-page/policies/first/value");

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode value = new ObjectMapper().readTree(answer.body());
    assertThat(value.at("/status/evaluation/count").asText()).isEqualTo("42");
    assertThat(value.at("/segments/0/segment").asText()).isEqualTo("user.device=phone");
    assertThat(value.at("/segments/0/count").asText()).isEqualTo("7");
    assertThat(service.get("/v1/surfaces/front-page/policies/none/value").statusCode())
        .isEqualTo(404);
  }

  private List<PolicyStatus> list() {
    return PolicyServiceGrpc.newBlockingStub(service.channel())
        .listPolicies(ListPoliciesRequest.getDefaultInstance())
        .getPoliciesList();
  }
}
