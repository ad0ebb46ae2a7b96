/**
 * Learning from rewards that come late: what a decision counts for when it is shown, when its first
 * reward comes and when its window is over.
 *
 * <p>May depend on: feature, policy (the seeded draw) and state's join settings.
 */
@NullMarked
package io.waggle.core.delay;

import org.jspecify.annotations.NullMarked;
