/**
 * How figures reach people and files: a table redrawn in place, a chart, JSON.
 *
 * <p>May depend on: the JDK and Jackson.
 */
@NullMarked
package io.waggle.app.report;

import org.jspecify.annotations.NullMarked;
