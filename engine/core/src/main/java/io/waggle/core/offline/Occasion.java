package io.waggle.core.offline;

import io.waggle.core.constraint.Factors;
import io.waggle.core.feature.Example;
import io.waggle.core.model.JoinedSlots;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A logged decision as every candidate takes it, checked and encoded: nothing of it changes any
 * more, so several threads may read it.
 *
 * @param example what was to be ranked; its learner text is made already
 * @param chosen index of the chosen action
 * @param propensity probability with which it was chosen
 * @param reward of the decision; of several slots the mean of theirs
 * @param kept probability with which the log kept it, in (0, 1]
 * @param slots how several slots were filled; null: a single ranking
 * @param segments its value of each feature that the evaluation tells apart
 * @param expected {@code double[slots][actions]}, one slot for a single ranking: what a reward
 *     model expected before it knew this reward; empty: there is no model
 * @param smallestPropensity smallest probability that the logger gave any action that could be
 *     drawn; 0: not known
 * @param factors what constraints make of any policy's probabilities, one for each slot, one for a
 *     single ranking
 */
public record Occasion(
    Example example,
    int chosen,
    double propensity,
    double reward,
    double kept,
    @Nullable JoinedSlots slots,
    List<String> segments,
    List<double[]> expected,
    double smallestPropensity,
    List<Factors> factors) {}
