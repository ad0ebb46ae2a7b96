/**
 * What topic {@code control} changes while a job runs, kept in broadcast state: surfaces, and which
 * learning job is in charge.
 *
 * <p>May depend on: the contracts, core's surfaces, state's models and serializers, Flink's APIs.
 */
@NullMarked
package io.waggle.jobs.control;

import org.jspecify.annotations.NullMarked;
