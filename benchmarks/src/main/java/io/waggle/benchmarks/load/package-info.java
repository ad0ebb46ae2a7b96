/**
 * The load generator: latency over gRPC at a fixed arrival rate.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.load;

import org.jspecify.annotations.NullMarked;
