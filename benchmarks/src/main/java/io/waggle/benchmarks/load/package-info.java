/**
 * The load generator: several ways of asking for a ranking, and calls that do nothing beside them,
 * at fixed arrival rates.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.load;

import org.jspecify.annotations.NullMarked;
