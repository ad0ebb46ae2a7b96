/**
 * Rank and WatchRankings.
 *
 * <p>May depend on: wire, log, metric and the core.
 */
@NullMarked
package io.waggle.server.rank;

import org.jspecify.annotations.NullMarked;
