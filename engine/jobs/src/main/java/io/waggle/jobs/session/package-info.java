/**
 * The session job's operators: interactions folded into sessions by user, and rankings made from
 * them.
 *
 * <p>May depend on: the contracts, state, core, the record and control packages and Flink's APIs.
 */
@NullMarked
package io.waggle.jobs.session;

import org.jspecify.annotations.NullMarked;
