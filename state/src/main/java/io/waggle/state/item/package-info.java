/**
 * What users do with items as decayed counts: the declarations, the pure fold, and the rates.
 *
 * <p>May depend on: the contracts, feature (which interactions count) and the JDK.
 */
@NullMarked
package io.waggle.state.item;

import org.jspecify.annotations.NullMarked;
