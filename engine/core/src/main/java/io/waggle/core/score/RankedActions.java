package io.waggle.core.score;

import java.util.Arrays;

/**
 * Scores of the actions to choose among and what exploration makes of them, all in 32 bits. Reused,
 * so that nothing is allocated once the arrays have grown. One thread.
 */
final class RankedActions {
  /** VW's tolerance for two scores to be tied, relative to both. */
  private static final float TIED = 0.0001f;

  /** From here on a floor is everything. */
  private static final double WHOLE = 0.999;

  private int actions;
  private float[] scores = new float[0];
  private long[] keys = new long[0];
  private int[] order = new int[0];
  private float[] probabilities = new float[0];
  private float[] sums = new float[0];
  private float[] votes = new float[0];
  private float[] sensitivitiesLow = new float[0];
  private float[] sensitivitiesHigh = new float[0];

  /** Makes room; all are to be set. */
  void start(int newActions, int policies) {
    actions = newActions;
    if (order.length < actions) {
      keys = new long[actions];
      order = new int[actions];
      probabilities = new float[actions];
      sums = new float[actions];
      votes = new float[actions];
      sensitivitiesLow = new float[actions];
      sensitivitiesHigh = new float[actions];
    }
    if (scores.length < policies * actions) {
      scores = new float[policies * actions];
    }
  }

  int actions() {
    return actions;
  }

  void setScore(int policy, int action, float score) {
    scores[policy * actions + action] = score;
  }

  float score(int policy, int action) {
    return scores[policy * actions + action];
  }

  /** How far one example would move the action's score down, and how far up. */
  void setSensitivities(int action, float low, float high) {
    sensitivitiesLow[action] = low;
    sensitivitiesHigh[action] = high;
  }

  float sensitivityLow(int action) {
    return sensitivitiesLow[action];
  }

  float sensitivityHigh(int action) {
    return sensitivitiesHigh[action];
  }

  /** The action of a rank, best first. */
  int action(int rank) {
    return order[rank];
  }

  /** Probability by rank. */
  float probability(int rank) {
    return probabilities[rank];
  }

  void setProbability(int rank, float probability) {
    probabilities[rank] = probability;
  }

  /** What policies gave an action between them; by action. */
  float[] votes() {
    return votes;
  }

  /** Sums of policies' scores. */
  float[] sums() {
    return sums;
  }

  void clearVotes() {
    Arrays.fill(votes, 0, actions, 0);
    Arrays.fill(sums, 0, actions, 0);
  }

  /** Ranks by a policy's scores, smallest first, ties by action. */
  void rank(int policy) {
    int start = policy * actions;
    for (int action = 0; action < actions; action++) {
      keys[action] = key(scores[start + action], action);
    }
    sort();
  }

  /** Ranks by votes, most first, then by the sums, smallest first, then by action. */
  void rankByVotes() {
    for (int action = 0; action < actions; action++) {
      keys[action] = key(sums[action], action);
    }
    sort();
    for (int rank = 0; rank < actions; rank++) {
      keys[rank] = key(-votes[order[rank]], rank);
    }
    Arrays.sort(keys, 0, actions);
    for (int rank = 0; rank < actions; rank++) {
      // The low half held the rank by sums; what is now at hand is the action.
      keys[rank] = order[(int) keys[rank]];
    }
    for (int rank = 0; rank < actions; rank++) {
      order[rank] = (int) keys[rank];
      probabilities[rank] = votes[order[rank]];
    }
  }

  private void sort() {
    Arrays.sort(keys, 0, actions);
    for (int rank = 0; rank < actions; rank++) {
      order[rank] = (int) keys[rank];
    }
  }

  /** A long that sorts as the number does, then as the place; 0 and minus 0 are alike. */
  private static long key(float number, int place) {
    int bits = Float.floatToIntBits(number + 0f);
    return (long) (bits ^ ((bits >> 31) & 0x7fffffff)) << 32 | place;
  }

  /** How many of the best, the first among them, have the same score as VW sees it. */
  int tied(int policy) {
    float best = score(policy, order[0]);
    int tied = 1;
    while (tied < actions) {
      float score = score(policy, order[tied]);
      if (!(Math.abs(score - best) <= TIED * (Math.abs(score) + Math.abs(best)))) {
        break;
      }
      tied++;
    }
    return tied;
  }

  /**
   * Lifts every probability to {@code epsilon / actions} and shrinks the others ({@code
   * explore_internal.h}); in the votes.
   *
   * @param zeros true: those that are 0 are lifted too
   */
  void liftVotes(float epsilon, boolean zeros) {
    lift(votes, epsilon, zeros);
  }

  /** The same in the probabilities by rank. */
  void liftProbabilities(float epsilon) {
    lift(probabilities, epsilon, true);
  }

  private void lift(float[] p, float epsilon, boolean zeros) {
    if (epsilon > WHOLE) {
      spread(p, zeros);
      return;
    }
    float floor = epsilon / actions;
    float lifted = 0;
    float rest = 0;
    int touched = 0;
    for (int i = 0; i < actions; i++) {
      if ((p[i] > 0 || (zeros && p[i] == 0)) && p[i] <= floor) {
        lifted += floor;
        p[i] = floor;
        touched++;
      } else {
        rest += p[i];
      }
    }
    if (lifted > WHOLE) {
      float higher = (1f - rest) / touched;
      for (int i = 0; i < actions; i++) {
        if ((p[i] > 0 || (zeros && p[i] == 0)) && p[i] <= higher) {
          p[i] = higher;
        }
      }
    } else if (lifted > 0) {
      float ratio = (1f - lifted) / rest;
      for (int i = 0; i < actions; i++) {
        if (p[i] > floor) {
          p[i] *= ratio;
        }
      }
    }
  }

  private void spread(float[] p, boolean zeros) {
    int support = 0;
    for (int i = 0; i < actions; i++) {
      support += zeros || p[i] > 0 ? 1 : 0;
    }
    for (int i = 0; i < actions; i++) {
      if (zeros || p[i] > 0) {
        p[i] = 1f / support;
      }
    }
  }
}
