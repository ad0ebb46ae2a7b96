/**
 * The configuration of a whole installation: its files together, before anything starts.
 *
 * <p>May depend on: the configuration records of jobs and service, and the core's surface files.
 */
@NullMarked
package io.waggle.app.configuration;

import org.jspecify.annotations.NullMarked;
