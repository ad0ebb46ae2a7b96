/**
 * Makes a model version once more from the examples that its lineage names.
 *
 * <p>May depend on: the contracts, state's registry, core's surfaces and codec, the jobs' learner
 * and past examples.
 */
@NullMarked
package io.waggle.app.rebuild;

import org.jspecify.annotations.NullMarked;
