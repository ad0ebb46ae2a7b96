/**
 * Ranking many items by two stages: what it costs beside ranking all of them exactly, and what is
 * lost.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.retrieval;

import org.jspecify.annotations.NullMarked;
