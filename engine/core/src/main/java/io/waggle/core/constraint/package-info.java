/**
 * Rules that every answer keeps, whichever policy decides: which actions may be shown, what becomes
 * of their probabilities, and in what order they are shown; and the same factors again for whoever
 * evaluates a policy on a logged decision.
 *
 * <p>May depend on: feature, policy.
 */
@NullMarked
package io.waggle.core.constraint;

import org.jspecify.annotations.NullMarked;
