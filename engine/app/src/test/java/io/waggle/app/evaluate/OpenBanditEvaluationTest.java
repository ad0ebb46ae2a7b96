package io.waggle.app.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.app.log.LogFormats;
import io.waggle.app.replay.PolicyTables;
import io.waggle.app.report.LiveScreen;
import io.waggle.core.offline.Candidate;
import io.waggle.core.offline.CandidateResult;
import io.waggle.core.offline.Estimate;
import io.waggle.core.offline.Estimator;
import io.waggle.core.offline.FeatureReference;
import io.waggle.core.offline.OfflineSettings;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.UniformPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every estimate and normal interval of {@code open-bandit/reference.json} under {@code
 * -Dwaggle.data} that the command offers, on every log that it has figures of.
 */
class OpenBanditEvaluationTest {
  private static final double WITHIN = 1e-9;
  private static final int ITEMS = 34;

  private static final Map<String, Estimator> ESTIMATORS =
      Map.of(
          "ipw", Estimator.IPS,
          "ipw_clip10", Estimator.IPS_CLIPPED,
          "snipw", Estimator.SNIPS,
          "sub_gaussian_ipw_lambda0.1", Estimator.SUB_GAUSSIAN_IPS,
          "dm_tabular", Estimator.DIRECT,
          "dr_tabular", Estimator.DOUBLY_ROBUST,
          "sndr_tabular", Estimator.SELF_NORMALISED_DOUBLY_ROBUST,
          "switch_dr_tabular_lambda10", Estimator.SWITCH_DOUBLY_ROBUST,
          "dr_shrinkage_tabular_lambda10", Estimator.SHRUNK_DOUBLY_ROBUST);

  @TestFactory
  Stream<DynamicTest> estimatesAreThoseOfThePublishersLibrary() throws IOException {
    Path data = Path.of(System.getProperty("waggle.data", ""), "open-bandit");
    Path file = data.resolve("reference.json");
    assumeTrue(Files.isReadable(file), () -> "no data at " + file);
    JsonNode reference = new ObjectMapper().readTree(file.toFile());
    List<Candidate> candidates = candidates(data, reference);
    return StreamSupport.stream(
            ((Iterable<String>) reference.path("estimates")::fieldNames).spliterator(), false)
        .map(log -> DynamicTest.dynamicTest(log, () -> check(data, log, candidates, reference)));
  }

  private static void check(Path data, String log, List<Candidate> candidates, JsonNode reference)
      throws Exception {
    EvaluationPlan plan =
        new EvaluationPlan(
            List.of(() -> LogFormats.open(data.resolve(log), "open-bandit")),
            List.of(log),
            candidates,
            null,
            new OfflineSettings(0, 1, 0.02, 1e-9, 0.05),
            List.of(),
            RewardModelKind.TABULAR,
            List.of(new FeatureReference("position")),
            null,
            null,
            2);

    EvaluationReport report =
        LogEvaluation.run(plan, new LiveScreen(new PrintWriter(Writer.nullWriter()), false, 1_000));

    JsonNode expected = reference.path("estimates").path(log);
    assertThat(report.counts().bad()).isEmpty();
    expected
        .properties()
        .forEach(policy -> check(result(report, policy.getKey()), policy.getValue()));
    CandidateResult logged = result(report, Candidate.LOGGED);
    JsonNode onPolicy = reference.path("on_policy").path(log);
    assertThat(logged.evaluation().getIps())
        .isCloseTo(onPolicy.path("mean").asDouble(), within(WITHIN));
    // Of a mean of zeros and ones, by n: what the linearised interval is with weights of 1.
    interval(Objects.requireNonNull(logged.estimate(Estimator.SNIPS)), onPolicy, log);
  }

  private static void check(CandidateResult result, JsonNode expected) {
    int compared = 0;
    for (Map.Entry<String, Estimator> each : ESTIMATORS.entrySet()) {
      JsonNode recorded = expected.path(each.getKey());
      String what = result.candidate().name() + " " + each.getKey();
      if (!recorded.isMissingNode()) {
        Estimate estimate = result.estimate(each.getValue());
        assertThat(estimate).as(what).isNotNull();
        if (estimate != null) {
          compared++;
          assertThat(estimate.value())
              .as(what)
              .isCloseTo(recorded.path("value").asDouble(), within(WITHIN));
          interval(estimate, recorded, what);
        }
      }
    }
    assertThat(compared).isEqualTo(ESTIMATORS.size());
    assertThat(result.evaluation().getEffectiveSampleSize())
        .isCloseTo(expected.at("/weights/ess").asDouble(), within(1e-6));
    assertThat(result.evaluation().getWeightMax())
        .isCloseTo(expected.at("/weights/max").asDouble(), within(1e-6));
  }

  private static void interval(Estimate estimate, JsonNode recorded, String what) {
    JsonNode interval = recorded.path("normal_95");
    if (!interval.isMissingNode()) {
      assertThat(estimate.lower()).as(what).isCloseTo(interval.get(0).asDouble(), within(WITHIN));
      assertThat(estimate.upper()).as(what).isCloseTo(interval.get(1).asDouble(), within(WITHIN));
    }
  }

  private static CandidateResult result(EvaluationReport report, String name) {
    return report.ranked().stream()
        .filter(each -> each.candidate().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no candidate " + name));
  }

  private static List<Candidate> candidates(Path data, JsonNode reference) throws IOException {
    TablePolicy.Builder demo = TablePolicy.newBuilder().setContextFeature("user_feature_1");
    reference
        .at("/policies/contextual_demo/favoured_item")
        .properties()
        .forEach(
            favoured -> {
              for (int item = 0; item < ITEMS; item++) {
                demo.addRows(
                    TableRow.newBuilder()
                        .setContextValue(favoured.getKey())
                        .setActionId(Integer.toString(item))
                        .setProbability(
                            0.5 / ITEMS + (item == favoured.getValue().asInt() ? 0.5 : 0)));
              }
            });
    TablePolicy fixed =
        TablePolicy.newBuilder()
            .addRows(
                TableRow.newBuilder()
                    .setActionId(reference.at("/policies/fixed_item/item").asText())
                    .setProbability(1))
            .build();
    return List.of(
        Candidate.of(
            PolicyConfig.newBuilder()
                .setName("uniform")
                .setUniform(UniformPolicy.getDefaultInstance())
                .build()),
        table("bts", PolicyTables.read(data.resolve("bts_action_dist.csv"))),
        table("contextual_demo", demo.build()),
        table("fixed_item", fixed),
        Candidate.logged());
  }

  private static Candidate table(String name, TablePolicy table) {
    return Candidate.of(PolicyConfig.newBuilder().setName(name).setTable(table).build());
  }
}
