package io.waggle.jobs.learn;

import java.util.List;

/**
 * What every policy's evaluation needs to know of a decision beside what the policy itself says.
 *
 * @param decidedBy the policy that made it
 * @param timeMillis when it was made, milliseconds since 1970 UTC
 * @param smallestPropensity smallest probability that any action was given; 0: not known
 * @param segments those it belongs to
 * @param expected {@code double[slots][actions]}, one slot for a single ranking: what the reward
 *     model expected, before it knew the decision's own reward
 */
record Background(
    String decidedBy,
    long timeMillis,
    double smallestPropensity,
    List<String> segments,
    List<double[]> expected) {}
