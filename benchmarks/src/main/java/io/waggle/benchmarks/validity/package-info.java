/**
 * Do the intervals of shadow values hold what they promise: seeded worlds whose truth is known and
 * drifts, looked at again and again.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.validity;

import org.jspecify.annotations.NullMarked;
