/**
 * The topologies and their settings: the only place that knows the execution environment.
 *
 * <p>May depend on: every other package of this module.
 */
@NullMarked
package io.waggle.jobs.job;

import org.jspecify.annotations.NullMarked;
