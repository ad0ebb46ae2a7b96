/**
 * The learning job's operators in process, and how fast they are beside Vowpal Wabbit alone.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.learn;

import org.jspecify.annotations.NullMarked;
