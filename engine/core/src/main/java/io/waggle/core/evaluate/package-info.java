/**
 * Off-policy estimators, the reward model of doubly robust ones, and bounds valid at every look.
 *
 * <p>May depend on: the contracts, examples, and the JDK's and Commons' numbers.
 */
@NullMarked
package io.waggle.core.evaluate;

import org.jspecify.annotations.NullMarked;
