/**
 * The benchmarks' command line.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks;

import org.jspecify.annotations.NullMarked;
