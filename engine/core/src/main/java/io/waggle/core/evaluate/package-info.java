/**
 * Off-policy estimators and bounds valid at every look.
 *
 * <p>May depend on: the contracts and the JDK's and Commons' numbers.
 */
@NullMarked
package io.waggle.core.evaluate;

import org.jspecify.annotations.NullMarked;
