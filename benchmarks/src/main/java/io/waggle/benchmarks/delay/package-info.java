/**
 * A seeded simulation of rewards that come late, through the real join and the real learner: what
 * learning at the window's end, at the reward, and at once with the delay corrected are worth.
 */
@NullMarked
package io.waggle.benchmarks.delay;

import org.jspecify.annotations.NullMarked;
