package io.waggle.core.score;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Scores of many actions for little. With the features a of an action, s of what all share, and w
 * the weights,
 *
 * <pre>
 * own(action) = sum over a of w(a) a + sum over pairs of a of w(a, a') a a'
 * seen(a)     = sum over products s of what is shared of w(a, s) s
 * score       = own(action) + sum over a of seen(a) a
 * </pre>
 *
 * {@code own} is added up once for each version of the model, {@code seen} once in each request for
 * each different feature, whatever the number of actions that have it. This is the exact score but
 * for rounding, what is the same for all actions, and products of three features or more of which
 * two are the action's: these are left out. Policies of several weight sets have the sum of theirs.
 * Numbers that move are added, see {@link MovingScores}.
 *
 * <p>Belongs to one version of a model. Any thread, but each with groups of its own.
 */
final class RetrievalScores {
  private static final int LETTERS = 256;
  private static final MovingScores.@Nullable Taken[] NO_NUMBERS = {};

  private final LinearScores scores;
  private final int[] sets;
  private final MovingScores moving;

  /** Those of the actions met last: a model has one catalogue. */
  private volatile @Nullable Own own;

  private record Own(IndexedActions actions, float[] sums) {}

  /**
   * Of a model.
   *
   * @param sets offsets of the weight sets that count
   */
  RetrievalScores(LinearScores scores, int[] sets) {
    this.scores = scores;
    this.sets = sets;
    this.moving = new MovingScores(scores, sets);
  }

  /**
   * The scores of some actions.
   *
   * @param shared groups that hold what is shared
   * @param taken features of the numbers that move
   * @param numbers {@code float[taken][actions]}
   * @param selected indices of actions
   * @return {@code float[selected]}; not shared
   */
  float[] of(
      FeatureGroups shared,
      IndexedActions actions,
      MovingScores.@Nullable Taken[] taken,
      float[][] numbers,
      int[] selected) {
    float[] sums = own(actions);
    List<char[]> entries = entries(actions, taken, shared.shared());
    SharedProducts products = new SharedProducts();
    products.start(scores, shared, entries.toArray(char[][]::new), Integer.MAX_VALUE);
    int[] features = actions.features();
    float[] values = actions.values();
    float[] seen = new float[actions.hashes().length];
    // Of few of the actions few features: NaN stands for one that was not looked at.
    Arrays.fill(seen, Float.NaN);
    float[] result = new float[selected.length];
    for (int i = 0; i < result.length; i++) {
      int action = selected[i];
      float sum = sums[action];
      for (int j = actions.start(action); j < actions.end(action); j++) {
        int feature = features[j];
        float one = seen[feature];
        if (Float.isNaN(one)) {
          one = seen(products, actions.letters()[feature], actions.hashes()[feature]);
          seen[feature] = one;
        }
        sum += one * values[j];
      }
      result[i] = sum;
    }
    moving.add(result, products, pairs(entries), actions, taken, numbers, selected);
    return result;
  }

  private static List<char[]> pairs(List<char[]> entries) {
    return entries.stream().filter(entry -> entry.length == 2).toList();
  }

  private float seen(SharedProducts products, char letter, int hash) {
    float sum = 0;
    for (int set : sets) {
      sum += products.sum(letter, hash, set);
    }
    return sum * scores.contraction();
  }

  /** The interactions for these letters. */
  private List<char[]> entries(
      IndexedActions actions, MovingScores.@Nullable Taken[] taken, GroupTable shared) {
    boolean[] letters = new boolean[LETTERS];
    for (char letter : actions.letters()) {
      letters[letter] = true;
    }
    for (MovingScores.Taken each : taken) {
      if (each != null) {
        letters[each.letter()] = true;
      }
    }
    Set<Character> present = new TreeSet<>();
    for (char letter = 0; letter < LETTERS; letter++) {
      if (letters[letter] || shared.of(letter) >= 0) {
        present.add(letter);
      }
    }
    return Interactions.forLetters(scores.entries(), present).stream()
        .map(String::toCharArray)
        .toList();
  }

  private float[] own(IndexedActions actions) {
    Own known = own;
    if (known == null || known.actions() != actions) {
      known = new Own(actions, sums(actions));
      own = known;
    }
    return known.sums();
  }

  private float[] sums(IndexedActions actions) {
    List<char[]> pairs = pairs(entries(actions, NO_NUMBERS, new GroupTable()));
    float[] sums = new float[actions.actions()];
    for (int action = 0; action < sums.length; action++) {
      float sum = 0;
      for (int set : sets) {
        sum += linear(actions, action, set);
        for (char[] pair : pairs) {
          sum += pair(actions, action, pair, set);
        }
      }
      sums[action] = sum * scores.contraction();
    }
    return sums;
  }

  private float linear(IndexedActions actions, int action, int set) {
    float[] weights = scores.weights();
    float sum = 0;
    for (int i = actions.start(action); i < actions.end(action); i++) {
      int feature = actions.features()[i];
      if (scores.isLinear(actions.letters()[feature])) {
        int index = (actions.hashes()[feature] ^ set) & (weights.length - 1);
        sum += weights[index] * actions.values()[i];
      }
    }
    return sum;
  }

  private float pair(IndexedActions actions, int action, char[] pair, int set) {
    float[] weights = scores.weights();
    int[] features = actions.features();
    boolean repeats = pair[0] == pair[1] && !scores.permutations();
    float sum = 0;
    for (int i = actions.start(action); i < actions.end(action); i++) {
      if (actions.letters()[features[i]] != pair[0]) {
        continue;
      }
      int first = LinearScores.INTERACTION_PRIME * actions.hashes()[features[i]] ^ set;
      for (int j = repeats ? i : actions.start(action); j < actions.end(action); j++) {
        if (actions.letters()[features[j]] == pair[1]) {
          int index = (first ^ actions.hashes()[features[j]]) & (weights.length - 1);
          sum += weights[index] * (actions.values()[i] * actions.values()[j]);
        }
      }
    }
    return sum;
  }
}
