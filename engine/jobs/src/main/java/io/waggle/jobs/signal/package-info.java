/**
 * Behaviour that surfaces declare, found in the interactions by Flink's complex event processing.
 *
 * <p>May depend on: the contracts, state, core, the record and session packages, Flink's APIs and
 * its CEP library, which no other package sees.
 */
@NullMarked
package io.waggle.jobs.signal;

import org.jspecify.annotations.NullMarked;
