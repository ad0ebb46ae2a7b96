package io.waggle.core.explain;

import static java.util.Collections.nCopies;
import static java.util.stream.Collectors.joining;

import io.waggle.core.feature.Example;
import io.waggle.core.score.Interactions;
import io.waggle.core.score.LearnerOptions;
import io.waggle.core.score.WeightSets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which weights of a model belong to the features of an example, as VW 9.3.0 scales and combines
 * hashes ({@code parser.cc}, {@code interactions_predict.h}): index of a feature = hash times the
 * number of weight sets, rounded up to a power of two; of several together {@code 16777619 * i1 ^
 * i2} and so on. All steps multiply, add or xor, so 32 bits masked at the end are exact. Immutable;
 * any thread.
 */
public final class WeightIndices {
  private static final int INTERACTION_PRIME = 16_777_619;

  private final FeatureLines lines;
  private final List<String> interactions;
  private final String ignoredLinear;
  private final boolean permutations;
  private final int scale;
  private final int mask;

  /** Told of each feature or product of features. */
  public interface Visitor {
    /**
     * A feature's index in the first weight set; false: no more are wanted.
     *
     * @param name builds the name, which is dear; valid during the call
     */
    boolean visit(int index, Name name);
  }

  /** Builds a name for people. */
  public interface Name {
    /** {@code namespace.feature}; {@code a * b} for products. */
    String text();
  }

  /**
   * For models of these options.
   *
   * @param options the command line that the model's bytes keep
   * @param arguments the policy's own command line, which has flags that the bytes do not keep
   * @param bits the model has {@code 1 << bits} weights
   */
  public WeightIndices(String options, String arguments, int bits) {
    LearnerOptions all = new LearnerOptions(options).and(new LearnerOptions(arguments));
    this.lines = new FeatureLines(all);
    this.interactions = Interactions.of(all);
    this.ignoredLinear = all.letters("--ignore_linear");
    this.permutations = all.has("--permutations");
    this.scale = WeightSets.of(all).scale();
    this.mask = (1 << bits) - 1;
  }

  /**
   * Visits the features of every action, and their products, until the visitor has enough; the same
   * index may come often. False: it had enough.
   */
  public boolean visit(Example example, Visitor visitor) {
    List<Map<Character, List<NamedFeature>>> actions = lines.of(example);
    List<String> entries = Interactions.forLetters(interactions, FeatureLines.letters(actions));
    for (Map<Character, List<NamedFeature>> action : actions) {
      for (Map.Entry<Character, List<NamedFeature>> group : action.entrySet()) {
        if (ignoredLinear.indexOf(group.getKey()) < 0 && !single(group.getValue(), visitor)) {
          return false;
        }
      }
      for (String entry : entries) {
        List<NamedFeature> chosen = new ArrayList<>(nCopies(entry.length(), NamedFeature.CONSTANT));
        if (!product(new Product(action, entry, chosen, visitor), 0, 0, 0)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean single(List<NamedFeature> features, Visitor visitor) {
    for (NamedFeature feature : features) {
      if (!visitor.visit(feature.hash() * scale & mask, feature::name)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The loops of one entry from its letter {@code depth} on, first letter outermost. A letter equal
   * to the one before starts where that one stands: combinations with repetition.
   *
   * @param hash of the features chosen so far
   */
  private boolean product(Product product, int depth, int start, int hash) {
    String entry = product.entry();
    char letter = entry.charAt(depth);
    boolean last = depth == entry.length() - 1;
    boolean repeats = !last && entry.charAt(depth + 1) == letter && !permutations;
    List<NamedFeature> features = product.action().getOrDefault(letter, List.of());
    for (int i = start; i < features.size(); i++) {
      product.chosen().set(depth, features.get(i));
      int index = hash ^ (features.get(i).hash() * scale);
      boolean goOn =
          last
              ? product.visitor().visit(index & mask, product::name)
              : product(product, depth + 1, repeats ? i : 0, INTERACTION_PRIME * index);
      if (!goOn) {
        return false;
      }
    }
    return true;
  }

  /** One entry of the interactions on one action, and the features chosen at the moment. */
  private record Product(
      Map<Character, List<NamedFeature>> action,
      String entry,
      List<NamedFeature> chosen,
      Visitor visitor) {

    String name() {
      return chosen.stream().map(NamedFeature::name).collect(joining(" * "));
    }
  }
}
