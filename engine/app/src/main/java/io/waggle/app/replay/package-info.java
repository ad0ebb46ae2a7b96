/**
 * Logs of other systems through the same topics and the same learning job.
 *
 * <p>May depend on: embedded mode, report, the contracts and the core's surfaces and logs.
 */
@NullMarked
package io.waggle.app.replay;

import org.jspecify.annotations.NullMarked;
