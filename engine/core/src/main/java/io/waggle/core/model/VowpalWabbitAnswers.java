package io.waggle.core.model;

import io.waggle.core.policy.Prediction;
import java.util.Arrays;
import vowpalWabbit.responses.ActionProb;
import vowpalWabbit.responses.ActionProbs;
import vowpalWabbit.responses.ActionScore;
import vowpalWabbit.responses.ActionScores;
import vowpalWabbit.responses.DecisionScores;

/**
 * VW's answers, which are sorted by its ranking, as predictions in action order. VW drops or adds
 * actions silently where it reads a text differently from its writer, hence the counts. Pure.
 */
final class VowpalWabbitAnswers {
  /** How far from 1 the sum of VW's 32-bit probabilities may be before it is an error. */
  private static final double SUM_TOLERANCE = 1e-3;

  private VowpalWabbitAnswers() {}

  /**
   * A ranking of all actions.
   *
   * @throws IllegalStateException when it is not a distribution over them
   */
  static Prediction ranking(Object answer, int actions) {
    if (!(answer instanceof ActionProbs ranked) || ranked.getActionProbs().length != actions) {
      throw new IllegalStateException("VW answered " + answer + " for " + actions + " actions");
    }
    Builder prediction = new Builder(answer, actions, actions);
    for (ActionProb one : ranked.getActionProbs()) {
      prediction.add(one.getAction(), one.getProbability());
    }
    return prediction.build();
  }

  /**
   * The last slot of several, given the actions of those before; probability 0 for these.
   *
   * @throws IllegalStateException when it is not a distribution over the actions left
   */
  static Prediction slot(Object answer, int[] earlier, int actions) {
    int slot = earlier.length;
    if (!(answer instanceof DecisionScores decision)
        || decision.getDecisionScores().length != slot + 1
        || decision.getDecisionScores()[slot].getActionScores().length != actions - slot) {
      throw new IllegalStateException(
          "VW answered " + answer + " for slot " + slot + " of " + actions + " actions");
    }
    for (int i = 0; i < slot; i++) {
      ActionScores forced = decision.getDecisionScores()[i];
      if (forced.getActionScores().length != 1
          || forced.getActionScores()[0].getAction() != earlier[i]) {
        throw new IllegalStateException(
            "VW answered " + answer + " where the slots hold " + Arrays.toString(earlier));
      }
    }
    Builder prediction = new Builder(answer, actions, actions - slot);
    for (ActionScore one : decision.getDecisionScores()[slot].getActionScores()) {
      prediction.add(one.getAction(), one.getScore());
    }
    return prediction.build();
  }

  /** The probabilities are 32-bit; they are scaled so that their sum is 1 in 64 bits. */
  private static final class Builder {
    private final Object answer;
    private final double[] probabilities;
    private final boolean[] seen;
    private final int[] order;
    private int ranks;
    private double sum;

    Builder(Object answer, int actions, int ranked) {
      this.answer = answer;
      this.probabilities = new double[actions];
      this.seen = new boolean[actions];
      this.order = new int[ranked];
    }

    void add(int action, double probability) {
      if (action < 0 || action >= seen.length || seen[action] || !(probability >= 0)) {
        throw new IllegalStateException("VW answered " + answer);
      }
      seen[action] = true;
      order[ranks++] = action;
      probabilities[action] = probability;
      sum += probability;
    }

    Prediction build() {
      if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
        throw new IllegalStateException("VW's probabilities sum to " + sum);
      }
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] /= sum;
      }
      return new Prediction(probabilities, order);
    }
  }
}
