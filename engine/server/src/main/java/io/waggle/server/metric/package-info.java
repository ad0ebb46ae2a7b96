/**
 * The service's counters and delays, and how often it warns of the same.
 *
 * <p>May depend on: Micrometer and HdrHistogram.
 */
@NullMarked
package io.waggle.server.metric;

import org.jspecify.annotations.NullMarked;
