/**
 * Sessions, contexts and actions to learner examples.
 *
 * <p>May depend on: the contracts and state.
 */
@NullMarked
package io.waggle.core.feature;

import org.jspecify.annotations.NullMarked;
