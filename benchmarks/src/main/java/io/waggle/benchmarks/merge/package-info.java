/** One policy over several learners beside one learner: what is learned, and how fast. */
@NullMarked
package io.waggle.benchmarks.merge;

import org.jspecify.annotations.NullMarked;
