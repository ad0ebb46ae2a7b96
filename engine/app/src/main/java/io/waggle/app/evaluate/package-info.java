/**
 * Evaluates policies on logs: which candidates, which logs, and the reports.
 *
 * <p>May depend on: core, report.
 */
@NullMarked
package io.waggle.app.evaluate;

import org.jspecify.annotations.NullMarked;
