package io.waggle.core.policy;

import java.util.Arrays;

/** Several slots out of a policy that knows only one: choosing without replacement. Pure. */
final class SlotPredictions {
  private SlotPredictions() {}

  /**
   * The distribution over the actions that are left: each one's probability over what is left of
   * them all. Where nothing is left of them (the policy was certain of an earlier one), the first
   * of its order that is left is certain.
   *
   * @param earlier distinct actions of the slots before
   */
  static Prediction without(Prediction whole, int[] earlier) {
    if (earlier.length == 0) {
      return whole;
    }
    double[] probabilities = whole.probabilities();
    double all = Arrays.stream(probabilities).sum();
    boolean[] taken = new boolean[probabilities.length];
    for (int action : earlier) {
      taken[action] = true;
      probabilities[action] = 0;
    }
    int[] order = Arrays.stream(whole.order()).filter(action -> !taken[action]).toArray();
    double left = Arrays.stream(probabilities).sum();
    if (left > 0) {
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] *= all / left;
      }
    } else if (order.length > 0) {
      probabilities[order[0]] = 1;
    }
    return new Prediction(probabilities, order);
  }
}
