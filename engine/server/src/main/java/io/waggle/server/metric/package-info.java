/**
 * The service's counters and delays.
 *
 * <p>May depend on: Micrometer and HdrHistogram.
 */
@NullMarked
package io.waggle.server.metric;

import org.jspecify.annotations.NullMarked;
