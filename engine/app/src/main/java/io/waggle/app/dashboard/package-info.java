/**
 * The dashboard of the Helm chart without Grafana: its panels' queries put to a Prometheus, and
 * drawn.
 *
 * <p>May depend on: {@code report}, Jackson and the JDK.
 */
@NullMarked
package io.waggle.app.dashboard;

import org.jspecify.annotations.NullMarked;
