/**
 * A process's YAML file, bound once at the edge to a record.
 *
 * <p>May depend on: Jackson and the JDK.
 */
@NullMarked
package io.waggle.core.config;

import org.jspecify.annotations.NullMarked;
