package io.waggle.core.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the reward model tells apart of an example, and what it does not. */
class ExampleHashesTest {
  @ParameterizedTest
  @CsvSource({"1, 1.5", "3000, 3001", "-5, -7.25", "0.3, 0.26", "16777216, 30000000"})
  void numbersOfOneSignAndPowerOfTwoAreOne(double one, double other) {
    assertThat(shared(number("n", one))).isEqualTo(shared(number("n", other)));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "3, -3", "0, 1", "0.5, 1", "1.5, -1.5", "0, 0.5", "1e-30, 0"})
  void otherNumbersAreTwo(double one, double other) {
    assertThat(shared(number("n", one))).isNotEqualTo(shared(number("n", other)));
  }

  @Test
  void textsNamesNamespacesAndActionsAreToldApart() {
    assertThat(shared(text("a", "x"))).isNotEqualTo(shared(text("a", "y")));
    assertThat(shared(text("a", "x"))).isNotEqualTo(shared(text("b", "x")));
    assertThat(ExampleHashes.of(example("u", text("a", "x"))).shared())
        .isNotEqualTo(ExampleHashes.of(example("v", text("a", "x"))).shared());
    long[] actions = ExampleHashes.of(example("u", text("a", "x"))).actions();
    assertThat(actions).hasSize(2).doesNotHaveDuplicates();
    assertThat(actions[0]).isEqualTo(ExampleHashes.of("first"));
  }

  @Test
  void anActionsOwnFeaturesAreLeftOut() {
    Example plain = example("u", text("a", "x"));
    Example other =
        new Example(
            plain.context(),
            plain.session(),
            List.of(
                Action.newBuilder()
                    .setId("first")
                    .addNamespaces(namespace("i", number("n", 2)))
                    .build(),
                plain.actions().get(1)));

    assertThat(ExampleHashes.of(other).actions()).isEqualTo(ExampleHashes.of(plain).actions());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 65, 200})
  void theFirstSharedFeaturesCount(int features) {
    List<Feature> many = new ArrayList<>();
    for (int i = 0; i < features; i++) {
      many.add(text("f" + i, "x"));
    }

    long[] shared = ExampleHashes.of(example("u", many.toArray(Feature[]::new))).shared();

    assertThat(shared).hasSize(Math.min(features, 64)).doesNotHaveDuplicates();
  }

  @Test
  void aPackedDecisionHasTheSame() {
    Example example = example("u", number("n", 0.3), text("a", "so |: it % is"), number("w", 12));
    JoinedDecision joined =
        JoinedDecision.newBuilder()
            .setDecision(
                Decision.newBuilder()
                    .addAllContext(example.context())
                    .addAllActions(example.actions()))
            .build();

    ExampleHashes packed = ExampleHashes.of(Example.of(PackedFeatures.pack(joined)));

    assertThat(packed.shared()).isEqualTo(ExampleHashes.of(example).shared());
    assertThat(packed.actions()).isEqualTo(ExampleHashes.of(example).actions());
  }

  private static long[] shared(Feature feature) {
    return ExampleHashes.of(example("u", feature)).shared();
  }

  private static Example example(String namespace, Feature... features) {
    return new Example(
        List.of(namespace(namespace, features)),
        List.of(),
        List.of(
            Action.newBuilder().setId("first").build(),
            Action.newBuilder().setId("second").build()));
  }

  private static Namespace namespace(String name, Feature... features) {
    return Namespace.newBuilder().setName(name).addAllFeatures(List.of(features)).build();
  }

  private static Feature number(String name, double number) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(number))
        .build();
  }

  private static Feature text(String name, String text) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(text))
        .build();
  }
}
