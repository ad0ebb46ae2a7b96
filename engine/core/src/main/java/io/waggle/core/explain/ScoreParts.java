package io.waggle.core.explain;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.score.Interactions;
import io.waggle.core.score.LearnerOptions;
import io.waggle.core.score.Scorer;
import io.waggle.v1.Action;
import io.waggle.v1.ActionExplanation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the scores of a model are the sum of: {@code weight * value} over features and products of
 * features, named. The sum is the scorer's own to the rounding of its 32-bit additions. Visits at
 * most {@link #VISITS_BOUND} features and products, about a second; then it says that it stopped.
 * One thread.
 */
final class ScoreParts {
  /** Most features and products looked at. */
  static final int VISITS_BOUND = 20_000_000;

  private static final int INTERACTION_PRIME = 16_777_619;

  private final Scorer scorer;
  private final ActionFeatures features;
  private final ServedWeights weights;
  private final List<String> entries;
  private final String ignoredLinear;
  private final boolean permutations;
  private int visitsLeft = VISITS_BOUND;

  /**
   * Of a model.
   *
   * @param arguments the policy's own command line: the bytes do not keep all of it
   * @throws IllegalArgumentException when the scorer does not compute it
   */
  ScoreParts(String arguments, VowpalWabbitModel model) {
    LearnerOptions options =
        new LearnerOptions(model.header().options()).and(new LearnerOptions(arguments));
    this.scorer = Scorer.of(arguments, model);
    this.features = new ActionFeatures(options);
    this.weights = new ServedWeights(options, model);
    List<String> given = Interactions.of(options);
    this.entries =
        options.has("--ccb_explore_adf")
            ? Interactions.withSlotIndex(given, ActionFeatures.SLOT_INDEX_LETTER)
            : given;
    this.ignoredLinear = options.letters("--ignore_linear");
    this.permutations = options.has("--permutations");
  }

  Scorer scorer() {
    return scorer;
  }

  /** True: the bound was reached, and contributions told since are not all there are. */
  boolean stopped() {
    return visitsLeft <= 0;
  }

  /**
   * Adds scores and contributions to explanations.
   *
   * @param earlier actions of the slots before
   * @param limit most contributions to list for an action
   * @param into by action; those of the slots before are not touched
   */
  void tell(Example example, int[] earlier, int limit, List<ActionExplanation.Builder> into) {
    float[][] scores = scorer.scores(example, earlier);
    Map<Character, List<PresentFeature>> shared = features.shared(example, earlier.length);
    Set<Integer> taken = new HashSet<>();
    for (int action : earlier) {
      taken.add(action);
    }
    for (int action = 0; action < into.size(); action++) {
      if (!taken.contains(action)) {
        tellScore(scores, action, into.get(action));
        LargestContributions largest = new LargestContributions(limit);
        add(example.actions().get(action), shared, largest);
        largest.tell(into.get(action));
      }
    }
  }

  private static void tellScore(float[][] scores, int action, ActionExplanation.Builder into) {
    double sum = 0;
    for (float[] set : scores) {
      sum += set[action];
      if (scores.length > 1) {
        into.addSetScores(set[action]);
      }
    }
    into.setScore(sum / scores.length);
  }

  private void add(
      Action action, Map<Character, List<PresentFeature>> shared, LargestContributions largest) {
    Map<Character, List<PresentFeature>> groups = features.of(action, shared);
    PresentFeature[] single = new PresentFeature[1];
    groups.forEach(
        (letter, present) -> {
          if (ignoredLinear.indexOf(letter) < 0) {
            for (PresentFeature feature : present) {
              single[0] = feature;
              take(single, feature.index(), feature.value(), largest);
            }
          }
        });
    for (String entry : Interactions.forLetters(entries, groups.keySet())) {
      if (entry.chars().allMatch(letter -> groups.containsKey((char) letter))) {
        product(groups, entry, new PresentFeature[entry.length()], 0, 0, 0, 1, largest);
      }
    }
  }

  /**
   * The loops of one entry from its letter {@code depth} on, first letter outermost. A letter equal
   * to the one before starts where that one stands: combinations with repetition.
   *
   * @param hash of the features chosen so far
   * @param value their product
   */
  private void product(
      Map<Character, List<PresentFeature>> groups,
      String entry,
      PresentFeature[] chosen,
      int depth,
      int start,
      int hash,
      float value,
      LargestContributions largest) {
    List<PresentFeature> group = groups.getOrDefault(entry.charAt(depth), List.of());
    boolean last = depth == entry.length() - 1;
    boolean repeats = !last && entry.charAt(depth + 1) == entry.charAt(depth) && !permutations;
    for (int i = start; i < group.size() && visitsLeft > 0; i++) {
      PresentFeature feature = group.get(i);
      chosen[depth] = feature;
      int index = hash ^ feature.index();
      float product = value * feature.value();
      if (last) {
        take(chosen, index, product, largest);
      } else {
        product(
            groups,
            entry,
            chosen,
            depth + 1,
            repeats ? i : 0,
            INTERACTION_PRIME * index,
            product,
            largest);
      }
    }
  }

  private void take(PresentFeature[] parts, int index, float value, LargestContributions largest) {
    if (visitsLeft > 0) {
      visitsLeft--;
      largest.add(parts, value, weights.at(index));
    }
  }
}
