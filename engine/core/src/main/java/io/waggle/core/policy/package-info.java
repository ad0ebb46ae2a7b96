/**
 * Probabilities over actions: the fixed policies, the exploration floor, the seeded draw.
 *
 * <p>May depend on: feature.
 */
@NullMarked
package io.waggle.core.policy;

import org.jspecify.annotations.NullMarked;
