/**
 * Every policy predicts, then learns, each joined decision; models and evaluations are published.
 *
 * <p>May depend on: the contracts, core, state's model parts and serializers, the join's names, the
 * records' dead letters, the epoch of control, Flink's APIs.
 */
@NullMarked
package io.waggle.jobs.learn;

import org.jspecify.annotations.NullMarked;
