/**
 * Scores of actions from a model's weights, without native code: Vowpal Wabbit's hashes, products
 * of features, sums and probabilities, in its own order of 32-bit arithmetic.
 *
 * <p>May depend on: feature, policy, codec.
 */
@NullMarked
package io.waggle.core.score;

import org.jspecify.annotations.NullMarked;
