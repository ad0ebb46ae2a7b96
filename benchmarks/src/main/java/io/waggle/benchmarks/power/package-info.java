/**
 * How many decisions it takes to see that a candidate is better than the policy that answers.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.power;

import org.jspecify.annotations.NullMarked;
