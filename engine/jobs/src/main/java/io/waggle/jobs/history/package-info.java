/**
 * Past examples, from topic {@code examples}, for policies that learn them before they run.
 *
 * <p>May depend on: the contracts, core's way to Kafka, the records' partitioning, Kafka's
 * consumer.
 */
@NullMarked
package io.waggle.jobs.history;

import org.jspecify.annotations.NullMarked;
