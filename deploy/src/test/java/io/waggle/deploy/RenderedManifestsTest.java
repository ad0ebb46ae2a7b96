package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every set of values that is shipped renders to manifests without fault. */
class RenderedManifestsTest {
  @BeforeAll
  static void helm() {
    Helm.assumeHere();
  }

  @ParameterizedTest
  @ValueSource(strings = {"values.yaml", "values-dev.yaml", "values-prod.yaml"})
  void helmFindsNothingToSay(String values) throws Exception {
    List<String> line =
        List.of(
            "lint",
            "--strict",
            "--kube-version",
            Helm.OLDEST,
            Helm.CHART.toString(),
            "-f",
            Helm.CHART.resolve(values).toString());

    Helm.Answer answer = Helm.run(new ArrayList<>(line));

    assertThat(answer.exit()).as(answer.out() + answer.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"values.yaml", "values-dev.yaml", "values-prod.yaml"})
  void everyShippedSetOfValuesPassesEveryCheck(String values) throws Exception {
    Manifests manifests = Helm.template("-f", Helm.CHART.resolve(values).toString());

    assertThat(Checks.of(manifests)).isEmpty();
  }

  @Test
  void everythingTurnedOnPassesEveryCheck() throws Exception {
    Manifests manifests =
        Helm.template(
            "-f",
            Helm.CHART.resolve("values-prod.yaml").toString(),
            "--set",
            "jobs.learning.autoscaler.enabled=true,jobs.session.savepointTriggerNonce=3"
                + ",storage.s3.endpoint=http://minio:9000,storage.s3.pathStyleAccess=true"
                + ",ranking.config.maxWatchers=10,jobs.session.config.silence=PT2S"
                + ",jobs.session.flinkConfiguration.taskmanager\\.network\\.memory\\.buffer-debloat\\.enabled=true"
                + ",images.pullSecrets={registry}");

    assertThat(Checks.of(manifests)).isEmpty();
  }

  @Test
  void theDemonstrationOfAllObjectsIsComplete() throws Exception {
    Manifests manifests = Helm.template("-f", Helm.CHART.resolve("values-prod.yaml").toString());

    assertThat(manifests.all().stream().map(object -> object.path("kind").asText()))
        .contains(
            "ConfigMap",
            "FlinkDeployment",
            "HorizontalPodAutoscaler",
            "KafkaTopic",
            "NetworkPolicy",
            "Pod",
            "PodDisruptionBudget",
            "PodMonitor",
            "PrometheusRule",
            "Role",
            "RoleBinding",
            "Service",
            "ServiceAccount",
            "ServiceMonitor",
            "StatefulSet");
  }
}
