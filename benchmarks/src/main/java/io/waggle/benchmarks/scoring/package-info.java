/**
 * What scoring costs, by how many actions, features and weights there are.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.scoring;

import org.jspecify.annotations.NullMarked;
