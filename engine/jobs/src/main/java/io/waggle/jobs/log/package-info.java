/**
 * The decision log as the learning job writes it: which joined decisions are rows, how long they
 * wait for their file, and Flink's file sink with Parquet in it.
 *
 * <p>May depend on: the contracts, core's features, log and Parquet files, the learning job's names
 * and metrics, Flink's APIs.
 */
@NullMarked
package io.waggle.jobs.log;

import org.jspecify.annotations.NullMarked;
