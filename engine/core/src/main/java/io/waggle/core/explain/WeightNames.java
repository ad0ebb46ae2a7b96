package io.waggle.core.explain;

import static java.util.Comparator.comparingDouble;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.score.LearnerOptions;
import io.waggle.core.score.WeightSets;
import io.waggle.v1.FeatureWeight;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives weights their names. A model knows only hashes, so names come from examples: a feature that
 * none of them has stays without one, and two features of the same hash share a weight, of which
 * the name met first is shown. Stops after {@link #VISITS_BOUND} features and products, about a
 * second. Pure.
 */
public final class WeightNames {
  /** Most features and products looked at in one call. */
  public static final int VISITS_BOUND = 20_000_000;

  private final WeightIndices indices;
  private final WeightSets sets;
  private final Collection<Example> examples;
  private final int mask;

  /**
   * Names for the weights of a model, and of every other of the same options.
   *
   * @param arguments the policy's own command line, which has flags that the bytes do not keep
   * @param examples where names come from
   */
  public WeightNames(VowpalWabbitModel model, String arguments, Collection<Example> examples) {
    String options = model.header().options();
    int bits = model.header().bits();
    this.indices = new WeightIndices(options, arguments, bits);
    this.sets = WeightSets.of(new LearnerOptions(options));
    this.examples = examples;
    this.mask = (1 << bits) - 1;
  }

  /**
   * The features whose weights are largest in size, largest first; without those at 0. Where
   * several weight sets predict (bag), the mean over them.
   */
  public List<FeatureWeight> heaviest(VowpalWabbitModel model, int limit) {
    FlatWeights weights = new FlatWeights(model);
    Map<Integer, FeatureWeight> named = new HashMap<>();
    visit(
        (index, name) -> {
          if (!named.containsKey(index)) {
            double weight = mean(weights, index);
            if (weight != 0) {
              named.put(
                  index,
                  FeatureWeight.newBuilder().setFeature(name.text()).setWeight(weight).build());
            }
          }
        });
    return named.values().stream()
        .sorted(
            comparingDouble((FeatureWeight one) -> -Math.abs(one.getWeight()))
                .thenComparing(FeatureWeight::getFeature))
        .limit(limit)
        .toList();
  }

  /** Names of the weights at these indices, whatever set they are of. */
  public Map<Integer, String> of(Set<Integer> wanted) {
    Map<Integer, String> names = new HashMap<>();
    visit(
        (index, name) -> {
          for (int set = 0; set < sets.scale(); set++) {
            int at = index + set & mask;
            if (wanted.contains(at) && !names.containsKey(at)) {
              names.put(at, set == 0 ? name.text() : name.text() + " (weight set " + set + ")");
            }
          }
        });
    return names;
  }

  private double mean(FlatWeights weights, int index) {
    double sum = 0;
    for (int set : sets.predicting()) {
      sum += weights.at(index + set & mask);
    }
    return sum / sets.predicting().size();
  }

  private interface Named {
    void found(int index, WeightIndices.Name name);
  }

  private void visit(Named visitor) {
    int[] visits = new int[1];
    for (Example example : examples) {
      boolean goOn =
          indices.visit(
              example,
              (index, name) -> {
                visitor.found(index, name);
                return ++visits[0] < VISITS_BOUND;
              });
      if (!goOn) {
        return;
      }
    }
  }
}
