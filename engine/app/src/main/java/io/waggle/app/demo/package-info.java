/**
 * The demo: simulated readers of a news front page, what they do to a running service, and the
 * account of it.
 *
 * <p>May depend on: the contracts, the core's surfaces, embedded mode and the report's figures.
 */
@NullMarked
package io.waggle.app.demo;

import org.jspecify.annotations.NullMarked;
