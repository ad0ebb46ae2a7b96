/**
 * What an interaction log holds, and the features it suggests.
 *
 * <p>May depend on: nothing but the contracts.
 */
@NullMarked
package io.waggle.core.suggest;

import org.jspecify.annotations.NullMarked;
