/**
 * What declared features keep of a user: the fold of each kind and how its state is read, free of
 * any store or clock.
 *
 * <p>May depend on: the contracts and the JDK.
 */
@NullMarked
package io.waggle.state.feature;

import org.jspecify.annotations.NullMarked;
