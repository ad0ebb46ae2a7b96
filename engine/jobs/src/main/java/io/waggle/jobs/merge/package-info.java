/**
 * One policy over several learners: each contributes what it learned, the merge makes one model of
 * it, each goes on from that.
 *
 * <p>May depend on: core's codec, state, the records of models, and Flink's functions.
 */
@NullMarked
package io.waggle.jobs.merge;

import org.jspecify.annotations.NullMarked;
