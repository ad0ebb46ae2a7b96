/**
 * Policies evaluated on logs, without a cluster: predict, evaluate, learn, decision after decision;
 * the search among many policies, and what a policy loses without a feature.
 *
 * <p>May depend on: constraint, evaluate, feature, log, model, policy.
 */
@NullMarked
package io.waggle.core.offline;

import org.jspecify.annotations.NullMarked;
