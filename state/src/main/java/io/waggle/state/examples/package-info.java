/**
 * The ordered log of what was learned, topic {@code examples}: which of its records stand.
 *
 * <p>May depend on: the contracts.
 */
@NullMarked
package io.waggle.state.examples;

import org.jspecify.annotations.NullMarked;
