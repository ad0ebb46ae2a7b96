/**
 * The catalogue of items: put, taken out, looked at.
 *
 * <p>May depend on: wire, log, metric and the core.
 */
@NullMarked
package io.waggle.server.items;

import org.jspecify.annotations.NullMarked;
