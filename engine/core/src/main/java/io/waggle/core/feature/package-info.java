/**
 * Sessions, contexts and actions to learner examples, and a bounded table for what of them comes
 * again.
 *
 * <p>May depend on: the contracts and state.
 */
@NullMarked
package io.waggle.core.feature;

import org.jspecify.annotations.NullMarked;
