/**
 * JMH benchmarks, one class per hot path.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
