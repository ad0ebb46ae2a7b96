/**
 * Declared features: what they are called, where they are computed, and their values as of a
 * request's time.
 *
 * <p>May depend on: the contracts, state and feature.
 */
@NullMarked
package io.waggle.core.declared;

import org.jspecify.annotations.NullMarked;
