/**
 * How soon a reward is part of the model that answers: the whole loop under a constant load.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.freshness;

import org.jspecify.annotations.NullMarked;
