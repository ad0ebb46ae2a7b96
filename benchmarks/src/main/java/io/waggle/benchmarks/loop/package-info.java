/**
 * What benchmarks of the whole loop share: jobs on a Flink mini cluster with bounded memory, topics
 * filled and watched, where the processors' time goes, how far a run is.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.loop;

import org.jspecify.annotations.NullMarked;
