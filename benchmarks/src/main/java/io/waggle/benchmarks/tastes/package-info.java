/**
 * Tastes that move: how learners with other rates and half-lives follow them.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.tastes;

import org.jspecify.annotations.NullMarked;
