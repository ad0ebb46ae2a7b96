/**
 * How soon an interaction is part of the next ranking, and how soon a ranking asked for over Kafka
 * is there, beside Kafka and Flink alone.
 *
 * <p>May depend on: everything.
 */
@NullMarked
package io.waggle.benchmarks.interactions;

import org.jspecify.annotations.NullMarked;
