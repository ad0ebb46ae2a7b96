/**
 * How many interactions a second the session job folds, beside a job that does the least that a
 * stateful job can do.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.sessions;

import org.jspecify.annotations.NullMarked;
