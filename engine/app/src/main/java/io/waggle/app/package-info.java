/**
 * The {@code waggle} command line: one class per command, nothing but parsing, wiring and exit
 * codes.
 *
 * <p>May depend on: embedded mode, demo, log, replay and report.
 */
@NullMarked
package io.waggle.app;

import org.jspecify.annotations.NullMarked;
