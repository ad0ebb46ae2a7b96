package io.waggle.core.explain;

import static io.waggle.core.feature.Examples.forUser;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.v1.FeatureWeight;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names against models that Vowpal Wabbit itself learned. */
class WeightNamesTest {
  /** Every weight of a model comes from a feature of its examples, so every one gets a name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cb_explore_adf",
        "--cb_explore_adf -q :: -b 20",
        "--cb_explore_adf -q ua --cubic uaa",
        "--cb_explore_adf --bag 3 -q ua",
        "--cb_explore_adf --cover 3 -q ua",
        "--cb_explore_adf --cb_type dr -q ua",
        "--cb_explore_adf --squarecb --hash all -q ua",
        "--cb_explore_adf --softmax --ignore u --noconstant -q ua",
        "--cb_explore_adf --interactions uu --permutations",
      })
  void everyWeightThatWasLearnedIsNamed(String arguments) throws Exception {
    List<Example> examples = List.of(forUser("ann", "a", "b"), forUser("ben", "a", "c"));
    VowpalWabbitModel model = learned(arguments, examples);
    Set<Integer> indices = new HashSet<>();
    for (int row = 0; row < model.weights().size(); row++) {
      indices.add(model.weights().index(row));
    }

    Map<Integer, String> names = new WeightNames(model, arguments, examples).of(indices);

    assertThat(indices).isNotEmpty();
    assertThat(names.keySet()).isEqualTo(indices);
  }

  @Test
  void theHeaviestComeFirstWithTheirWeights() throws Exception {
    String arguments = "--cb_explore_adf -q ua";
    List<Example> examples = List.of(forUser("ann", "a", "b"));
    VowpalWabbitModel model = learned(arguments, examples);

    List<FeatureWeight> heaviest = new WeightNames(model, arguments, examples).heaviest(model, 3);

    assertThat(heaviest).hasSize(3);
    assertThat(Math.abs(heaviest.get(0).getWeight()))
        .isGreaterThanOrEqualTo(Math.abs(heaviest.get(1).getWeight()));
    double largest = 0;
    for (int row = 0; row < model.weights().size(); row++) {
      largest = Math.max(largest, Math.abs(model.weights().value(row, WeightTable.WEIGHT)));
    }
    assertThat(Math.abs(heaviest.get(0).getWeight())).isEqualTo(largest, within(1e-9));
  }

  @Test
  void twoModelsDifferByWhatTheSecondLearned() throws Exception {
    String arguments = "--cb_explore_adf";
    VowpalWabbitModel one = learned(arguments, List.of(forUser("ann", "a", "b")));
    VowpalWabbitModel other =
        learned(arguments, List.of(forUser("ann", "a", "b"), forUser("ben", "a", "c")));

    ModelDifference same = ModelDifference.between(one, one, 5);
    ModelDifference difference = ModelDifference.between(one, other, 2);

    assertThat(same.changed()).isZero();
    assertThat(same.distance()).isZero();
    assertThat(difference.changed()).isPositive();
    assertThat(difference.most()).hasSize(2);
    assertThat(difference.most().get(0).size()).isEqualTo(difference.largest());
    assertThat(difference.otherNonzero()).isGreaterThan(difference.nonzero());
    assertThat(difference.distance()).isGreaterThanOrEqualTo(difference.largest());
  }

  private static VowpalWabbitModel learned(String arguments, List<Example> examples)
      throws RejectedExampleException {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < 5; i++) {
        for (Example example : examples) {
          learner.learn(example, i % example.actions().size(), -1, 0.5);
        }
      }
      return VowpalWabbitModel.parse(learner.modelBytes());
    }
  }
}
