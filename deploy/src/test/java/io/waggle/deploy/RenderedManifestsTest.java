package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.waggle.app.Waggle;
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
                + ",images.pullSecrets={registry},topics.strimzi.apiVersion=v1beta2");

    assertThat(Checks.of(manifests)).isEmpty();
  }

  /** What runs already is not touched by the arrival of the other, nor by its going. */
  @Test
  void aSecondLearningJobStandsBesideTheFirstAndChangesNothingOfWhatRuns() throws Exception {
    String prod = Helm.CHART.resolve("values-prod.yaml").toString();
    Manifests before = Helm.template("-f", prod);
    Manifests both =
        Helm.template("-f", prod, "-f", Helm.CHART.resolve("values-blue-green.yaml").toString());
    Manifests after = Helm.template("-f", prod, "--set", "jobs.learning.epochs[0].epoch=1");

    assertThat(Checks.of(both)).isEmpty();
    assertThat(Checks.of(after)).isEmpty();
    for (String job : List.of("loop-session", "loop-learning")) {
      assertThat(both.find("FlinkDeployment", job)).isEqualTo(before.find("FlinkDeployment", job));
    }
    assertThat(both.find("StatefulSet", "loop-ranking"))
        .isEqualTo(before.find("StatefulSet", "loop-ranking"))
        .isEqualTo(after.find("StatefulSet", "loop-ranking"));
    assertThat(after.find("FlinkDeployment", "loop-learning")).isEmpty();
    JsonNode green = both.find("FlinkDeployment", "loop-learning-epoch-1").orElseThrow();
    assertThat(green.at("/spec/image").asText()).isEqualTo("waggle-job:0.2.0");
    assertThat(green.at("/spec/job/initialSavepointPath").asText()).contains("savepoint-1f0a2b");
    JsonNode alone = after.find("FlinkDeployment", "loop-learning-epoch-1").orElseThrow();
    assertThat(alone.at("/spec/flinkConfiguration"))
        .isEqualTo(green.at("/spec/flinkConfiguration"));
    assertThat(both.find("ConfigMap", "loop-config").orElseThrow().at("/data").fieldNames())
        .toIterable()
        .contains("learning-job.yaml", "learning-epoch-1-job.yaml");
  }

  /** Who copies the command has a pod with the file that its arguments name. */
  @Test
  void theNotesMakeTheTopicsWithTheSecretOfKafkasClient() throws Exception {
    Helm.Answer answer =
        Helm.run(
            List.of(
                "install",
                "loop",
                Helm.CHART.toString(),
                "--namespace",
                Helm.NAMESPACE,
                "--dry-run=client",
                "-f",
                Helm.CHART.resolve("values-prod.yaml").toString(),
                "--set",
                "topics.strimzi.enabled=false"));

    assertThat(answer.exit()).as(answer.err()).isZero();
    String notes = answer.out().substring(answer.out().indexOf("NOTES:"));
    String overrides = notes.substring(notes.indexOf('{'), notes.lastIndexOf('}') + 1);
    JsonNode pod = Manifests.parseOne(overrides).path("spec");
    JsonNode container = pod.at("/containers/0");
    String[] arguments =
        container.path("args").valueStream().map(JsonNode::asText).toArray(String[]::new);
    assertThat(Waggle.commandLine().parseArgs(arguments).errors()).isEmpty();
    assertThat(arguments)
        .contains("create", "--kafka-client-file=/etc/waggle/kafka/client.properties");
    assertThat(container.at("/volumeMounts/0/mountPath").asText()).isEqualTo("/etc/waggle/kafka");
    assertThat(container.at("/volumeMounts/0/name")).isEqualTo(pod.at("/volumes/0/name"));
    assertThat(pod.at("/volumes/0/secret/secretName").asText()).isEqualTo("waggle-kafka");
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
