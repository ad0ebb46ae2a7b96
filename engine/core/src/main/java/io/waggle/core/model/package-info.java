/**
 * Vowpal Wabbit behind small interfaces: learn, score, swap; and the guard in front of it.
 *
 * <p>May depend on: feature, policy and state's model parts.
 */
@NullMarked
package io.waggle.core.model;

import org.jspecify.annotations.NullMarked;
