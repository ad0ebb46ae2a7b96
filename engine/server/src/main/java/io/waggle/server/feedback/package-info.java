/**
 * Track, Reward and Activate.
 *
 * <p>May depend on: wire, log, metric and the core.
 */
@NullMarked
package io.waggle.server.feedback;

import org.jspecify.annotations.NullMarked;
