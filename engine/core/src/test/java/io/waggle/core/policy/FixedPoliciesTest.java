package io.waggle.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.UniformPolicy;
import io.waggle.v1.VowpalWabbitPolicy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FixedPoliciesTest {
  private static final FeatureValue NOTHING = FeatureValue.getDefaultInstance();

  @Test
  void uniformGivesEveryActionTheSameInTheAppsOrder() {
    Policy uniform =
        policy(PolicyConfig.newBuilder().setUniform(UniformPolicy.getDefaultInstance()));

    Prediction prediction = uniform.predict(example(NOTHING, "a", "b", "c", "d"));

    assertThat(prediction.probabilities()).containsExactly(0.25, 0.25, 0.25, 0.25);
    assertThat(prediction.order()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void baselineAlwaysTakesTheFirst() {
    Policy baseline =
        policy(PolicyConfig.newBuilder().setBaseline(BaselinePolicy.getDefaultInstance()));

    Prediction prediction = baseline.predict(example(NOTHING, "a", "b", "c"));

    assertThat(prediction.probabilities()).containsExactly(1, 0, 0);
    assertThat(prediction.order()).containsExactly(0, 1, 2);
  }

  @Test
  void aLearnerIsNoFixedPolicy() {
    assertThat(
            FixedPolicies.of(
                PolicyConfig.newBuilder()
                    .setVowpalWabbit(VowpalWabbitPolicy.getDefaultInstance())
                    .build()))
        .isEmpty();
    assertThat(FixedPolicies.of(PolicyConfig.getDefaultInstance())).isEmpty();
  }

  @Test
  void aTableGivesItsProbabilitiesExactlyAndTheMostProbableFirst() {
    Policy table = table("", row("", "a", 0.1), row("", "b", 0.7), row("", "c", 0.15));

    Prediction prediction = table.predict(example(NOTHING, "a", "b", "c", "unknown"));

    assertThat(prediction.probabilities()).containsExactly(0.1, 0.7, 0.15, 0);
    assertThat(prediction.order()).containsExactly(1, 2, 0, 3);
  }

  @Test
  void tiesInATableKeepTheAppsOrder() {
    Policy table = table("", row("", "a", 0.5), row("", "b", 0.5));

    assertThat(table.predict(example(NOTHING, "x", "b", "a", "y")).order())
        .containsExactly(1, 2, 0, 3);
  }

  @Test
  void aContextFeatureSelectsTheRowsAsTextOrAsNumber() {
    Policy table = table("position", row("1", "a", 0.9), row("2", "a", 0.4), row("2.5", "a", 0.3));

    assertThat(first(table, text("1"))).isEqualTo(0.9);
    assertThat(first(table, number(1))).isEqualTo(0.9);
    assertThat(first(table, number(2))).isEqualTo(0.4);
    assertThat(first(table, number(2.5))).isEqualTo(0.3);
  }

  @Test
  void theContextFeatureIsFoundInAnyNamespace() {
    Policy table = table("position", row("2", "a", 0.4), row("2", "b", 0.6));
    Example example =
        new Example(
            List.of(
                namespace("user", "device", text("phone")),
                namespace("page", "position", text("2"))),
            List.of(),
            actions("a", "b"));

    assertThat(table.predict(example).probabilities()).containsExactly(0.4, 0.6);
  }

  @Test
  void aRequestThatTheTableDoesNotKnowGetsUniform() {
    Policy table = table("position", row("1", "a", 0.9), row("1", "b", 0.1));

    assertThat(table.predict(example(text("1"), "x", "y")).probabilities())
        .containsExactly(0.5, 0.5);
    assertThat(table.predict(example(text("3"), "a", "b")).probabilities())
        .containsExactly(0.5, 0.5);
    assertThat(table.predict(example(NOTHING, "a", "b")).probabilities()).containsExactly(0.5, 0.5);
  }

  @Test
  void rowsForAnEmptyContextValueServeRequestsWithoutTheFeature() {
    Policy table = table("position", row("1", "a", 0.9), row("", "a", 0.2), row("", "b", 0.8));

    assertThat(table.predict(new Example(List.of(), List.of(), actions("a", "b"))).probabilities())
        .containsExactly(0.2, 0.8);
  }

  @Test
  void predictionsAreNotShared() {
    Policy table = table("", row("", "a", 0.4), row("", "b", 0.6));
    Example example = example(NOTHING, "a", "b");

    table.predict(example).probabilities()[0] = 77;
    table.predict(example).order()[0] = 77;

    assertThat(table.predict(example).probabilities()).containsExactly(0.4, 0.6);
    assertThat(table.predict(example).order()).containsExactly(1, 0);
  }

  private static double first(Policy policy, FeatureValue position) {
    return policy.predict(example(position, "a", "b")).probabilities()[0];
  }

  private static Policy table(String contextFeature, TableRow... rows) {
    return policy(
        PolicyConfig.newBuilder()
            .setTable(
                TablePolicy.newBuilder()
                    .setContextFeature(contextFeature)
                    .addAllRows(List.of(rows))));
  }

  private static Policy policy(PolicyConfig.Builder config) {
    return FixedPolicies.of(config.build()).orElseThrow();
  }

  private static TableRow row(String contextValue, String actionId, double probability) {
    return TableRow.newBuilder()
        .setContextValue(contextValue)
        .setActionId(actionId)
        .setProbability(probability)
        .build();
  }

  private static Example example(FeatureValue position, String... ids) {
    return new Example(List.of(namespace("page", "position", position)), List.of(), actions(ids));
  }

  private static List<Action> actions(String... ids) {
    return Stream.of(ids).map(id -> Action.newBuilder().setId(id).build()).toList();
  }

  private static Namespace namespace(String name, String feature, FeatureValue value) {
    return Namespace.newBuilder()
        .setName(name)
        .addFeatures(Feature.newBuilder().setName(feature).setValue(value))
        .build();
  }

  private static FeatureValue text(String text) {
    return FeatureValue.newBuilder().setText(text).build();
  }

  private static FeatureValue number(double number) {
    return FeatureValue.newBuilder().setNumber(number).build();
  }
}
