/**
 * A process's YAML file, bound once at the edge to a record, and how its Kafka clients reach
 * brokers.
 *
 * <p>May depend on: Jackson and the JDK.
 */
@NullMarked
package io.waggle.core.config;

import org.jspecify.annotations.NullMarked;
