/**
 * Records as they come from and go to the topics: decoding with dead letters, event time, keys.
 *
 * <p>May depend on: the contracts, core's rules, surfaces and way to Kafka, Flink's APIs and its
 * Kafka connector.
 */
@NullMarked
package io.waggle.jobs.record;

import org.jspecify.annotations.NullMarked;
