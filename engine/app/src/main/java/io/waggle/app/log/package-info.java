/**
 * Logs by the names of their formats.
 *
 * <p>May depend on: replay and the core's logs.
 */
@NullMarked
package io.waggle.app.log;

import org.jspecify.annotations.NullMarked;
