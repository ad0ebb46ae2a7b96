/**
 * Model versions to and from the registry, off the learner's thread.
 *
 * <p>May depend on: the contracts, core's model changes, state's model parts, registry and
 * serializers, the join's names, Flink's APIs.
 */
@NullMarked
package io.waggle.jobs.registry;

import org.jspecify.annotations.NullMarked;
