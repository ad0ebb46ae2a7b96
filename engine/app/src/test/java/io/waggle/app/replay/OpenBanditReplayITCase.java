package io.waggle.app.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.app.report.LiveScreen;
import io.waggle.v1.Estimator;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the learning job itself says of a log, against figures from elsewhere. The real log is
 * {@code open-bandit} under {@code -Dwaggle.data}.
 */
@Timeout(180)
class OpenBanditReplayITCase {
  private static final double ABSOLUTE = 1e-6;
  private static final Percentage RELATIVE = Percentage.withPercentage(1e-4);
  private static final double[] TABLE = {0.7, 0.2, 0.1};
  private static final String BAD_ROWS =
      """
      2020-01-01 00:00:00+00:00,9,1,0,0.5,u
      2020-01-01 00:00:00+00:00,0,1,2,0.5,u
      2020-01-01 00:00:00+00:00,0,1,0,0,u
      2020-01-01 00:00:00+00:00,0,1,0,NaN,u
      yesterday,0,1,0,0.5,u
      2020-01-01 00:00:00+00:00,0,1,0
      """;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"random", "bts"})
  void valuesOfARealLogAreThoseOfItsPublishersLibrary(String log) throws Exception {
    Path data = Path.of(System.getProperty("waggle.data", "")).resolve("open-bandit");
    Path referenceFile = data.resolve("reference.json");
    String skipped = "SKIPPED: no reference values, as there is no Open Bandit data at " + data;
    if (!Files.exists(referenceFile)) {
      System.out.println(skipped);
    }
    assumeTrue(Files.exists(referenceFile), skipped);
    JsonNode reference = new ObjectMapper().readTree(referenceFile.toFile());
    List<PolicyConfig> candidates =
        List.of(
            table("bts", PolicyTables.read(data.resolve("bts_action_dist.csv"))),
            table("fixed_item", always(reference.at("/policies/fixed_item/item").asText())),
            table("contextual_demo", favoured(reference.at("/policies/contextual_demo"))));

    ReplayReport report = replay(data, log, candidates, "position");

    assertThat(report.sent()).isEqualTo(reference.at("/on_policy/" + log + "/n").asLong());
    assertThat(report.badRows()).isEmpty();
    assertThat(report.refused()).isEmpty();
    int compared = 0;
    for (PolicyEvaluation value : report.evaluations()) {
      JsonNode expected = reference.path("estimates").path(log).path(value.getPolicy());
      // The library says nothing of the logging policy on its own log.
      if (!expected.isMissingNode()) {
        compared++;
        check(
            value,
            expected.at("/ipw/value").asDouble(),
            expected.at("/snipw/value").asDouble(),
            expected.at("/weights/ess").asDouble());
        check(value, Estimator.ESTIMATOR_DM, expected.at("/dm_tabular/value").asDouble());
        check(value, Estimator.ESTIMATOR_DR, expected.at("/dr_tabular/value").asDouble());
      }
    }
    assertThat(compared).isEqualTo(log.equals("bts") ? 3 : 4);
  }

  @Test
  void valuesOfASmallLogAreThoseOfTheirFormulasAndBadRowsAreCounted() throws Exception {
    Map<String, Sums> expected = new TreeMap<>();
    Path data = smallLog(expected, 200);
    Path tableFile = data.resolve("table.csv");
    Files.writeString(tableFile, "item_id,probability\n0,0.7\n1,0.2\n2,0.1\n");

    ReplayReport report =
        replay(data, "biased", List.of(table("table", PolicyTables.read(tableFile))), null);

    assertThat(report.rows()).isEqualTo(206);
    assertThat(report.sent()).isEqualTo(200);
    assertThat(report.refused()).isEmpty();
    assertThat(report.badRows())
        .containsOnly(
            Map.entry("item_id: not in the item file", 1L),
            Map.entry("click: out of range (expected: 0 or 1)", 1L),
            Map.entry("propensity_score: out of range (expected: above 0, at most 1)", 1L),
            Map.entry("propensity_score: not finite", 1L),
            Map.entry("timestamp: not a time like 2019-11-24 00:03:13.4+00:00", 1L),
            Map.entry("columns: 4 (expected: 6)", 1L));
    assertThat(report.evaluations())
        .extracting(PolicyEvaluation::getPolicy)
        .containsExactly("uniform", "table");
    for (PolicyEvaluation value : report.evaluations()) {
      Sums sums = Objects.requireNonNull(expected.get(value.getPolicy()));
      assertThat(value.getCount()).isEqualTo(200);
      check(
          value,
          sums.weightedRewards / 200,
          sums.weightedRewards / sums.weights,
          sums.weights * sums.weights / sums.squaredWeights);
    }
  }

  private static void check(PolicyEvaluation value, double ips, double snips, double ess) {
    String policy = value.getPolicy();
    assertThat(value.getIps()).as("IPS of " + policy).isCloseTo(ips, within(ABSOLUTE));
    assertThat(value.getSnips()).as("SNIPS of " + policy).isCloseTo(snips, within(ABSOLUTE));
    assertThat(value.getEffectiveSampleSize()).as("ESS of " + policy).isCloseTo(ess, RELATIVE);
  }

  private static void check(PolicyEvaluation value, Estimator estimator, double expected) {
    assertThat(value.getEstimatesList())
        .filteredOn(each -> each.getEstimator() == estimator)
        .singleElement()
        .satisfies(
            each ->
                assertThat(each.getValue())
                    .as(estimator + " of " + value.getPolicy())
                    .isCloseTo(expected, within(1e-9)));
  }

  /** Sums over a log for one policy. */
  private static final class Sums {
    private double weights;
    private double squaredWeights;
    private double weightedRewards;

    private void add(double weight, double reward) {
      weights += weight;
      squaredWeights += weight * weight;
      weightedRewards += weight * reward;
    }
  }

  /** Three items, the first logged with 0.5 and clicked most; bad rows stand in the middle. */
  private Path smallLog(Map<String, Sums> sums, int rows) throws IOException {
    Path data = directory.resolve("log");
    Path folder = Files.createDirectories(data.resolve("biased").resolve("tiny"));
    Files.writeString(
        folder.resolve("item_context.csv"), "item_id,item_feature_0\n0,0.5\n1,1.5\n2,blue\n");
    double[] propensities = {0.5, 0.3, 0.2};
    Sums uniform = sums.computeIfAbsent("uniform", policy -> new Sums());
    Sums table = sums.computeIfAbsent("table", policy -> new Sums());
    List<String> lines = new ArrayList<>();
    Random random = new Random(11);
    for (int i = 0; i < rows; i++) {
      double draw = random.nextDouble();
      int item = draw < 0.5 ? 0 : draw < 0.8 ? 1 : 2;
      int click = random.nextDouble() < 0.6 - 0.2 * item ? 1 : 0;
      lines.add(
          String.format(
              Locale.ROOT,
              "2020-01-01 00:%02d:%02d.5+00:00,%d,1,%d,%s,u%d",
              i / 60,
              i % 60,
              item,
              click,
              propensities[item],
              i % 7));
      uniform.add(1 / 3.0 / propensities[item], click);
      table.add(TABLE[item] / propensities[item], click);
    }
    lines.addAll(rows / 2, BAD_ROWS.lines().toList());
    lines.add(0, "timestamp,item_id,position,click,propensity_score,user_feature_0");
    Files.write(folder.resolve("tiny.csv"), lines);
    return data;
  }

  private ReplayReport replay(
      Path data, String log, List<PolicyConfig> candidates, @Nullable String rewardsBy)
      throws IOException, InterruptedException {
    return Replay.run(
        new Replay.Plan(data, log, null, candidates, rewardsBy),
        directory.resolve("loop"),
        new LiveScreen(new PrintWriter(Writer.nullWriter()), false, 1_000),
        step -> {});
  }

  private static PolicyConfig table(String name, TablePolicy table) {
    return PolicyConfig.newBuilder().setName(name).setTable(table).build();
  }

  private static TablePolicy always(String item) {
    return TablePolicy.newBuilder()
        .addRows(TableRow.newBuilder().setActionId(item).setProbability(1))
        .build();
  }

  /** Half of the probability on the item favoured for a user feature, the rest on all alike. */
  private static TablePolicy favoured(JsonNode policy) {
    TablePolicy.Builder table = TablePolicy.newBuilder().setContextFeature("user_feature_1");
    int items = 34;
    for (Map.Entry<String, JsonNode> favour : policy.path("favoured_item").properties()) {
      for (int item = 0; item < items; item++) {
        double probability = 0.5 / items + (item == favour.getValue().asInt() ? 0.5 : 0);
        table.addRows(
            TableRow.newBuilder()
                .setContextValue(favour.getKey())
                .setActionId(Integer.toString(item))
                .setProbability(probability));
      }
    }
    return table.build();
  }
}
