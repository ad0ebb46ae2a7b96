/**
 * Simulated bandits on classification data: known algorithms through our join and learner.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.bakeoff;

import org.jspecify.annotations.NullMarked;
