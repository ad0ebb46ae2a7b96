package io.waggle.core.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.RewardAggregation;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurfaceFilesTest {
  private static final String MINIMAL =
      """
      name: front
      policies:
        - name: random
          uniform: {}
      live_policy: random
      reward: {}
      """;

  private static final String FULL =
      """
      # every field
      name: mail
      policies:
        - name: learner
          vowpal_wabbit: {arguments: --cb_explore_adf --squarecb -q ua}
        - {name: first, baseline: {}}
        - {name: random, uniform: {}}
        - name: table
          table:
            context_feature: position
            rows:
              - {context_value: 1, action_id: 007, probability: 0.25}
              - {context_value: "2", action_id: no, probability: 1}
      live_policy: learner
      traffic:
        - {policy: random, share: 1e-1}
      reward:
        wait: 2.5s
        default_reward: -0.5
        min: -1
        max: 3
        aggregation: REWARD_AGGREGATION_MAX
        learn_when: LEARN_WHEN_REWARD
      exploration_floor: .5
      min_propensity: 0.003
      session: {gap: 60s, affinity_half_life: 3600s, time_to_live: 7200s}
      catalogue:
        - id: 2001-12-14
          namespaces:
            - name: item
              features:
                - {name: price, value: {number: 3}}
                - {name: topic, value: {text: true}}
                - {name: tags, value: {texts: {values: [a, 1.10, null]}}}
      push: {enabled: true, logDecisions: true}
      alpha: 0.01
      learners: 1
      retrieval: {candidates: 100, random_share: 0.1}
      signals: [{name: seen, within: 60s, steps: [{name: view, interaction: view}]}]
      features: [{name: hour, local_time: {parts: [TIME_PART_HOUR]}}]
      constraints: [{name: stock, filter: {attribute: item.stock, above: 0}}]
      evaluation:
        segments:
          - {feature: user.device}
          - {feature: session.depth, values: 5}
        window: 60s
        weight_cap: 50
        expected_rewards:
          context_feature: position
          otherwise: 0.5
          rows: [{context_value: 1, action_id: 007, reward: -0.25}]
      """;

  @TempDir Path directory;

  @Test
  void aMinimalDocumentIsRead() {
    SurfaceConfig config = SurfaceFiles.parse(MINIMAL);

    assertThat(config.getName()).isEqualTo("front");
    assertThat(config.getPolicies(0).hasUniform()).isTrue();
    assertThat(config.hasReward()).isTrue();
    assertThat(config.hasAlpha()).isFalse();
  }

  @Test
  void everyFieldIsReadAndTextKeepsItsText() {
    SurfaceConfig config = SurfaceFiles.parse(FULL);

    // All but multi_slot, which excludes others of them.
    assertThat(config.getAllFields()).hasSize(SurfaceConfig.getDescriptor().getFields().size() - 1);
    assertThat(config.getPolicies(0).getVowpalWabbit().getArguments())
        .isEqualTo("--cb_explore_adf --squarecb -q ua");
    assertThat(config.getPolicies(3).getTable().getRows(0).getContextValue()).isEqualTo("1");
    assertThat(config.getPolicies(3).getTable().getRows(0).getActionId()).isEqualTo("007");
    assertThat(config.getPolicies(3).getTable().getRows(1).getActionId()).isEqualTo("no");
    assertThat(config.getTraffic(0).getShare()).isEqualTo(0.1);
    assertThat(config.getReward().getWait()).isEqualTo(Durations.fromMillis(2500));
    assertThat(config.getReward().getDefaultReward()).isEqualTo(-0.5);
    assertThat(config.getReward().getAggregation())
        .isEqualTo(RewardAggregation.REWARD_AGGREGATION_MAX);
    assertThat(config.getReward().getLearnWhen()).isEqualTo(LearnWhen.LEARN_WHEN_REWARD);
    assertThat(config.getExplorationFloor()).isEqualTo(0.5);
    assertThat(config.getCatalogue(0).getId()).isEqualTo("2001-12-14");
    var features = config.getCatalogue(0).getNamespaces(0).getFeaturesList();
    assertThat(features.get(0).getValue().getNumber()).isEqualTo(3);
    assertThat(features.get(1).getValue().getText()).isEqualTo("true");
    assertThat(features.get(2).getValue().getTexts().getValuesList())
        .containsExactly("a", "1.10", "null");
    assertThat(config.getPush().getLogDecisions()).isTrue();
    assertThat(config.getEvaluation().getSegments(1).getFeature()).isEqualTo("session.depth");
    assertThat(config.getEvaluation().getWeightCap()).isEqualTo(50);
  }

  @Test
  void theJsonMappingOfASurfaceIsYamlToo() throws IOException {
    SurfaceConfig config = SurfaceFiles.parse(FULL);

    assertThat(SurfaceFiles.parse(JsonFormat.printer().print(config))).isEqualTo(config);
  }

  @Test
  void anUnknownKeyIsNamedWithItsPathAndWhatIsKnown() {
    assertRefused(
        MINIMAL + "colour: red\n", "colour: unknown key, line 7 (expected: one of name, policies,");
    assertRefused(
        MINIMAL.replace("uniform:", "unifrom:"),
        "policies[0].unifrom: unknown key, line 4 (expected: one of name, vowpal_wabbit, uniform,");
    assertRefused(
        MINIMAL.replace("uniform: {}", "uniform: {a: 1}"),
        "policies[0].uniform.a: unknown key, line 4 (expected: no keys)");
    assertRefused(MINIMAL + "<<: {alpha: 0.1}\n", "<<: unknown key");
    assertRefused(MINIMAL + "[a, b]: 1\n", "a list: unknown key");
  }

  @Test
  void aValueOfTheWrongTypeIsNamedWithItsPath() {
    assertRefused(MINIMAL + "alpha: low\n", "alpha: low, line 7 (expected: a number)");
    assertRefused(MINIMAL + "alpha: [1]\n", "alpha: a list, line 7 (expected: one value)");
    assertRefused(
        MINIMAL + "push: {enabled: yes}\n", "push.enabled: yes, line 7 (expected: true or false)");
    assertRefused(
        MINIMAL.replace("reward: {}", "reward: {wait: 10m}"),
        "reward.wait: 10m, line 6 (expected: seconds such as 600s or 0.5s)");
    assertRefused(
        MINIMAL.replace("reward: {}", "reward: {aggregation: median}"),
        "reward.aggregation: median, line 6 (expected: one of REWARD_AGGREGATION_UNSPECIFIED,");
    assertRefused(MINIMAL + "catalogue: {}\n", "catalogue: a mapping, line 7 (expected: a list)");
    assertRefused(
        MINIMAL + "catalogue: [a]\n",
        "catalogue[0]: a, line 7 (expected: a mapping with one of id, namespaces)");
    assertRefused("just text", "surface: just text, line 1 (expected: a mapping with one of name,");
  }

  @Test
  void aKeyOrKindGivenTwiceIsRefused() {
    assertRefused(MINIMAL + "name: other\n", "name: other, line 7 (expected: given once)");
    assertRefused(
        MINIMAL + "livePolicy: random\n", "live_policy: random, line 7 (expected: given once)");
    assertRefused(
        MINIMAL.replace("uniform: {}", "uniform: {}\n    baseline: {}"),
        "policies[0].baseline: a mapping, line 5 (expected: only one kind of kind)");
  }

  @Test
  void brokenRulesAreTold() {
    assertRefused(MINIMAL + "alpha: 2\n", "alpha: 2.0 (expected: ");
    assertRefused(MINIMAL + "alpha: .nan\n", "alpha: .nan, line 7 (expected: a number)");
    assertRefused(
        MINIMAL.replace("live_policy: random", "live_policy: other"),
        "live_policy: other (expected: one of the policies)");
    assertRefused(MINIMAL.replace("reward: {}", "reward:"), "reward: not given (expected: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a: [", "\t- x", "a: b: c", "%", "\u0000", "!!javax.script.X [a]"})
  void whatIsNoYamlOfASurfaceIsRefused(String yaml) {
    assertThatThrownBy(() -> SurfaceFiles.parse(yaml)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoYamlIsToldInOneLineThatNamesItsOwn() {
    assertThatThrownBy(() -> SurfaceFiles.parse(MINIMAL + "alpha: [0.1\nbeta: 1\n"))
        .hasMessage("yaml: expected ',' or ']', but got :, line 8");
    assertThatThrownBy(() -> SurfaceFiles.parse(MINIMAL + "alpha: a: b\n"))
        .hasMessage("yaml: mapping values are not allowed here, line 7");
  }

  @Test
  void oneDocumentIsExpectedOfOneText() {
    assertRefused("", "yaml: 0 documents (expected: one)");
    assertRefused(
        MINIMAL + "---\n" + MINIMAL.replace("front", "back"), "yaml: 2 documents (expected: one)");
  }

  @Test
  void aliasesThatMultiplyAreRefusedBeforeTheyFillTheMemory() {
    String bomb =
        """
        name: front
        policies:
          - &p
            name: t
            table: {rows: &r [&x {action_id: a}, *x, *x, *x, *x, *x, *x, *x, *x, *x, *x, *x, *x]}
          - *p
        """
            + "  - *p\n".repeat(200);

    assertThatThrownBy(() -> SurfaceFiles.parse(bomb))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("aliases");
  }

  @Test
  void anAliasOfItselfIsRefused() {
    assertThatThrownBy(
            () -> SurfaceFiles.parse("policies: &a [{name: x, table: {rows: *a}}]\nname: x\n"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SurfaceFiles.parse("&a {name: x, reward: *a}\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reward");
  }

  @Test
  void nestingHasABound() {
    assertRefused("catalogue: " + "[".repeat(100) + "]".repeat(100), "yaml: Nesting Depth");
  }

  @Test
  void theFilesOfADirectoryAreReadByNameAndEachMayHoldSeveral() throws IOException {
    write("b.yaml", MINIMAL.replace("front", "three"));
    write("a.yml", MINIMAL.replace("front", "one") + "---\n" + MINIMAL.replace("front", "two"));
    write("notes.txt", "not read");

    assertThat(SurfaceFiles.read(directory))
        .extracting(SurfaceConfig::getName)
        .containsExactly("one", "two", "three");
    assertThat(SurfaceFiles.read(directory.resolve("b.yaml"))).hasSize(1);
  }

  @Test
  void anErrorNamesItsFileOnEveryLine() throws IOException {
    Path file = write("bad.yaml", MINIMAL + "alpha: 2\nmin_propensity: 3\n");

    assertThatThrownBy(() -> SurfaceFiles.read(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .satisfies(
            message ->
                assertThat(message.lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).startsWith(file + ": ")));
  }

  @Test
  void aNameInTwoFilesIsRefused() throws IOException {
    write("a.yaml", MINIMAL);
    Path second = write("b.yaml", MINIMAL);

    assertThatThrownBy(() -> SurfaceFiles.read(directory))
        .hasMessage(second + ": name: front (expected: unique among the surfaces)");
  }

  @Test
  void nothingToReadIsAnError() throws IOException {
    assertThatThrownBy(() -> SurfaceFiles.read(directory))
        .hasMessage(directory + ": 0 surfaces (expected: 1 to 1000)");
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> SurfaceFiles.read(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(missing + ": not readable (expected: a YAML file)");
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "name: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> SurfaceFiles.read(latin)).hasMessageContaining("not UTF-8");
  }

  private Path write(String name, String yaml) throws IOException {
    return Files.writeString(directory.resolve(name), yaml);
  }

  private static void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> SurfaceFiles.parse(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aPolicyIsReadAloneOrOutOfASurface() throws Exception {
    Path alone = directory.resolve("alone.yaml");
    Files.writeString(alone, "vowpalWabbit: {arguments: --cb_explore_adf}\n");
    Path whole = directory.resolve("whole.yaml");
    Files.writeString(
        whole,
        "name: s\nlivePolicy: a\npolicies: [{name: a, uniform: {}}, {name: b, baseline: {}}]\n");

    assertThat(SurfaceFiles.readPolicy(alone, "mine").getName()).isEqualTo("mine");
    assertThat(SurfaceFiles.readPolicy(alone, "mine").hasVowpalWabbit()).isTrue();
    assertThat(SurfaceFiles.readPolicy(whole, "b").hasBaseline()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SurfaceFiles.readPolicy(whole, "c"))
        .withMessage(whole + ": policies: none is named c (expected: one)");
  }

  @Test
  void aFileThatIsNoPolicyIsRefusedByField() throws Exception {
    Path file = directory.resolve("policy.yaml");
    for (String wrong : List.of("", "[]", "nonsense: 1", "name: other\nuniform: {}", "a: b: c")) {
      Files.writeString(file, wrong);

      assertThatIllegalArgumentException()
          .as(wrong)
          .isThrownBy(() -> SurfaceFiles.readPolicy(file, "mine"))
          .withMessageStartingWith(file + ": ");
    }
  }
}
