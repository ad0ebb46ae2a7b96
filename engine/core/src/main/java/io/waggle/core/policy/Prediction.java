package io.waggle.core.policy;

/**
 * What a policy says of an example.
 *
 * @param probabilities {@code double[actions]} in action order, non-negative, sums to 1; not shared
 * @param order {@code int[actions]}: a permutation, the policy's preferred first; not shared
 */
public record Prediction(double[] probabilities, int[] order) {}
