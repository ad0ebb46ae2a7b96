/**
 * The join of decisions with their rewards as a Flink operator, and the learning job's names.
 *
 * <p>May depend on: the contracts, state's join and serializers, Flink's APIs.
 */
@NullMarked
package io.waggle.jobs.join;

import org.jspecify.annotations.NullMarked;
