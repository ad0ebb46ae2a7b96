package io.waggle.core.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Indices as VW 9.3.0 has them; those of the first two tests were read from its model files. */
class WeightIndicesTest {
  private static final int BITS = 18;

  @Test
  void featuresAndProductsHaveVowpalWabbitsIndices() {
    Map<String, Integer> indices = indices("--cb_explore_adf -q UA --softmax --lambda 3");

    assertThat(indices)
        .contains(
            entry("U.a", 180_805),
            entry("U.b", 165_501),
            entry("A.x", 157_305),
            entry("constant", 116_060),
            entry("U.a * A.x", 111_846),
            entry("U.b * A.x", 250_046));
  }

  @Test
  void severalWeightSetsSpreadTheIndices() {
    Map<String, Integer> indices = indices("--cb_explore_adf -q UA --bag 3");

    assertThat(indices).contains(entry("U.a", 198_932), entry("U.a * A.x", 185_240));
  }

  @Test
  void aLetterTwiceGivesEachPairOnceAndEachFeatureWithItself() {
    assertThat(indices("--cb_explore_adf -q UU"))
        .containsKeys("U.a * U.a", "U.a * U.b", "U.b * U.b")
        .doesNotContainKey("U.b * U.a");
    assertThat(indices("--cb_explore_adf -q UU --permutations"))
        .containsKeys("U.a * U.b", "U.b * U.a");
  }

  @Test
  void ofEntriesWithTheSameLettersOneCounts() {
    assertThat(indices("--cb_explore_adf -q UA -q AU").keySet())
        .contains("A.x * U.a")
        .doesNotContain("U.a * A.x");
  }

  @Test
  void aWildcardStandsForEveryNamespaceThere() {
    assertThat(indices("--cb_explore_adf -q U:").keySet())
        .contains("U.a * A.x", "U.a * U.b", "U.a * action.id=first");
    assertThat(indices("--cb_explore_adf --interactions UAa").keySet())
        .contains("U.a * A.x * action.id=first");
  }

  @Test
  void ignoredNamespacesAreNotThere() {
    assertThat(indices("--cb_explore_adf -q UA --ignore U --noconstant").keySet())
        .containsExactlyInAnyOrder("action.id=first", "A.x");
    assertThat(indices("--cb_explore_adf -q UA --ignore_linear U").keySet())
        .contains("U.a * A.x")
        .doesNotContain("U.a");
    assertThat(indices("--cb_explore_adf --keep U").keySet())
        .containsExactlyInAnyOrder("U.a", "U.b", "constant");
  }

  @Test
  void namesAreShownAsTheAppWroteThem() {
    Example odd =
        new Example(
            List.of(),
            List.of(),
            List.of(
                action(
                    "3:2 |TV",
                    Namespace.newBuilder()
                        .setName("A")
                        .addFeatures(
                            Feature.newBuilder()
                                .setName("größe=")
                                .setValue(FeatureValue.newBuilder().setText("50 %")))
                        .build())));

    assertThat(indices("--cb_explore_adf", odd).keySet())
        .containsExactlyInAnyOrder("action.id=3:2 |TV", "A.größe==50 %", "constant");
  }

  @Test
  void aVisitorThatHasEnoughIsNotToldMore() {
    int[] visits = new int[1];

    boolean wholly =
        new WeightIndices("--cb_explore_adf -q UA", "", BITS)
            .visit(example(), (index, name) -> ++visits[0] < 3);

    assertThat(wholly).isFalse();
    assertThat(visits[0]).isEqualTo(3);
  }

  private static Map<String, Integer> indices(String arguments) {
    return indices(arguments, example());
  }

  private static Map<String, Integer> indices(String arguments, Example example) {
    Map<String, Integer> indices = new LinkedHashMap<>();
    new WeightIndices(arguments, arguments, BITS)
        .visit(
            example,
            (index, name) -> {
              indices.put(name.text(), index);
              return true;
            });
    return indices;
  }

  private static Example example() {
    return new Example(
        List.of(
            Namespace.newBuilder()
                .setName("U")
                .addFeatures(number("a", 1))
                .addFeatures(number("b", 2))
                .build()),
        List.of(),
        List.of(
            action(
                "first", Namespace.newBuilder().setName("A").addFeatures(number("x", 1)).build())));
  }

  private static Action action(String id, Namespace namespace) {
    return Action.newBuilder().setId(id).addNamespaces(namespace).build();
  }

  private static Feature number(String name, double value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(value))
        .build();
  }
}
