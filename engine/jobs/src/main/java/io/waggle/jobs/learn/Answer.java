package io.waggle.jobs.learn;

/**
 * What a policy said to a decision.
 *
 * @param probabilities {@code double[actions]}, before learning, as it would be served; empty where
 *     it refused
 * @param refusal what was wrong, for people; empty: nothing
 */
record Answer(double[] probabilities, String refusal) {
  boolean refused() {
    return !refusal.isEmpty();
  }
}
