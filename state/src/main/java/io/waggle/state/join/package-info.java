/**
 * The join of a decision with its rewards as a pure state machine, and its counts.
 *
 * <p>May depend on: the contracts and the JDK.
 */
@NullMarked
package io.waggle.state.join;

import org.jspecify.annotations.NullMarked;
