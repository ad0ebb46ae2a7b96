package io.waggle.core.score;

import io.waggle.core.feature.MovingNumbers;
import io.waggle.v1.Namespace;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What numbers that move add to the scores of many actions. With a number m of an action, its own
 * features a, what is shared s, and w the weights,
 *
 * <pre>
 * sum over m of (w(m) + sum over products s of w(m, s) s + sum over a of w(m, a) a) m
 *     + sum over pairs of m of w(m, m') m m'
 * </pre>
 *
 * The sum over a is added up once for each version of the model; the rest costs one addition and
 * one multiplication for each number. In a product of a number with a feature of the same letter
 * the action's own stands first, as it does where the number is declared last.
 *
 * <p>Belongs to one version of a model. Any thread.
 */
final class MovingScores {
  private final LinearScores scores;
  private final int[] sets;

  /** Those of the actions met last. */
  private volatile @Nullable Slopes slopes;

  private record Slopes(IndexedActions actions, Map<Taken, float[]> byFeature) {}

  /** A feature as a model takes it in. */
  record Taken(char letter, int hash) {}

  /**
   * Of a model.
   *
   * @param sets offsets of the weight sets that count
   */
  MovingScores(LinearScores scores, int[] sets) {
    this.scores = scores;
    this.sets = sets;
  }

  /**
   * The numbers' features as a model with these rules takes them in.
   *
   * @param groups to work with
   * @return in their order; null: the model leaves it out
   */
  static @Nullable Taken[] taken(FeatureRules rules, MovingNumbers numbers, FeatureGroups groups) {
    @Nullable Taken[] taken = new Taken[numbers.names().size()];
    for (int i = 0; i < taken.length; i++) {
      Namespace name = numbers.names().get(i);
      groups.startExample(rules, List.of(name), List.of());
      if (groups.groups() > 0) {
        taken[i] = new Taken(groups.letter(0), groups.indices()[groups.start(0)]);
      }
    }
    return taken;
  }

  /**
   * Adds them up.
   *
   * @param scored {@code float[selected]}, added to
   * @param products of the request
   * @param pairs interactions of two letters
   * @param taken the numbers' features
   * @param values {@code float[numbers][actions]}
   */
  void add(
      float[] scored,
      SharedProducts products,
      List<char[]> pairs,
      IndexedActions actions,
      @Nullable Taken[] taken,
      float[][] values,
      int[] selected) {
    for (int i = 0; i < taken.length; i++) {
      Taken one = taken[i];
      if (one == null) {
        continue;
      }
      float alone = alone(products, one);
      float[] own = slopes(actions, one, pairs);
      float[] numbers = values[i];
      for (int j = 0; j < scored.length; j++) {
        float number = numbers[selected[j]];
        if (number != 0) {
          scored[j] += number * (own == null ? alone : alone + own[selected[j]]);
        }
      }
      for (int k = i; k < taken.length; k++) {
        Taken other = taken[k];
        float together = other == null ? 0 : together(pairs, one, other) * scores.contraction();
        float[] others = values[k];
        for (int j = 0; together != 0 && j < scored.length; j++) {
          scored[j] += together * numbers[selected[j]] * others[selected[j]];
        }
      }
    }
  }

  private float alone(SharedProducts products, Taken one) {
    float sum = 0;
    for (int set : sets) {
      if (scores.isLinear(one.letter())) {
        sum += weight(one.hash(), set);
      }
      sum += products.sum(one.letter(), one.hash(), set);
    }
    return sum * scores.contraction();
  }

  /** By action; null: no interaction has the feature and one of an action's own. */
  private float @Nullable [] slopes(IndexedActions actions, Taken one, List<char[]> pairs) {
    List<char[]> with =
        pairs.stream().filter(pair -> pair[0] == one.letter() || pair[1] == one.letter()).toList();
    if (with.isEmpty()) {
      return null;
    }
    Slopes known = slopes;
    if (known == null || known.actions() != actions) {
      known = new Slopes(actions, new ConcurrentHashMap<>());
      slopes = known;
    }
    return known.byFeature().computeIfAbsent(one, feature -> slopes(actions, with, feature));
  }

  private float[] slopes(IndexedActions actions, List<char[]> pairs, Taken one) {
    float[] byFeature = new float[actions.hashes().length];
    for (int i = 0; i < byFeature.length; i++) {
      Taken own = new Taken(actions.letters()[i], actions.hashes()[i]);
      byFeature[i] = together(pairs, own, one) * scores.contraction();
    }
    float[] sums = new float[actions.actions()];
    for (int action = 0; action < sums.length; action++) {
      for (int i = actions.start(action); i < actions.end(action); i++) {
        sums[action] += byFeature[actions.features()[i]] * actions.values()[i];
      }
    }
    return sums;
  }

  /** The weights of the products of two features, the first of which stands before the second. */
  private float together(List<char[]> pairs, Taken one, Taken other) {
    float sum = 0;
    for (char[] pair : pairs) {
      boolean inOrder = pair[0] == one.letter() && pair[1] == other.letter();
      boolean turned = pair[0] == other.letter() && pair[1] == one.letter();
      if (inOrder) {
        sum += product(one, other);
      }
      if (turned && !one.equals(other) && (!inOrder || scores.permutations())) {
        sum += product(other, one);
      }
    }
    return sum;
  }

  private float product(Taken first, Taken second) {
    int hash = LinearScores.INTERACTION_PRIME * first.hash() ^ second.hash();
    float sum = 0;
    for (int set : sets) {
      sum += weight(hash, set);
    }
    return sum;
  }

  private float weight(int hash, int set) {
    return scores.weights()[(hash ^ set) & (scores.weights().length - 1)];
  }
}
