/**
 * Vowpal Wabbit behind small interfaces: learn; and the guard in front of it. The models that
 * answer requests, scored without it.
 *
 * <p>May depend on: feature, policy, codec, score and state's model parts.
 */
@NullMarked
package io.waggle.core.model;

import org.jspecify.annotations.NullMarked;
