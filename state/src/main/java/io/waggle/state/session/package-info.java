/**
 * The fold from interactions to a user's session, free of any store or clock.
 *
 * <p>May depend on: the contracts and the JDK.
 */
@NullMarked
package io.waggle.state.session;

import org.jspecify.annotations.NullMarked;
