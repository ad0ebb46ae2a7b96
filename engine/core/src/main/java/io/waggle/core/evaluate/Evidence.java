package io.waggle.core.evaluate;

/**
 * What one decision, or one slot of it, says of a policy that did not make it. Values out of range
 * are the evaluator's to refuse.
 *
 * @param targetProbability the policy's probability of the logged action
 * @param propensity the logged one: probability with which the action was chosen
 * @param reward in reward units
 * @param directReward what a reward model expects of the policy's choice, the mean over its
 *     probabilities; 0 without a model
 * @param modelledReward what it expects of the logged action; 0 without a model
 * @param keptProbability probability with which the log kept the decision, in (0, 1]
 * @param smallestPropensity smallest probability that the logger gives any action of this decision;
 *     0: not known
 * @param timeMillis when it was made, milliseconds since 1970 UTC; 0: not known
 */
public record Evidence(
    double targetProbability,
    double propensity,
    double reward,
    double directReward,
    double modelledReward,
    double keptProbability,
    double smallestPropensity,
    long timeMillis) {

  /** Without a reward model, of a log that kept all. */
  public static Evidence of(double targetProbability, double propensity, double reward) {
    return new Evidence(targetProbability, propensity, reward, 0, 0, 1, 0, 0);
  }

  /** Mean of the expected rewards over a policy's probabilities; the arrays are of one length. */
  public static double directReward(double[] probabilities, double[] expected) {
    double direct = 0;
    for (int i = 0; i < expected.length; i++) {
      direct += probabilities[i] * expected[i];
    }
    return direct;
  }
}
