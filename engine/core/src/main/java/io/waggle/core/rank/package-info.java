/**
 * A request to ranked actions with their propensities: the one ranker of service and job.
 *
 * <p>May depend on: surface, declared, feature, policy, constraint, model.
 */
@NullMarked
package io.waggle.core.rank;

import org.jspecify.annotations.NullMarked;
