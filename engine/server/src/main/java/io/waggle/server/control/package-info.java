/**
 * Surfaces as files and topic control together say, and changes to them.
 *
 * <p>May depend on: wire, metric, the core's surfaces and Kafka's producer.
 */
@NullMarked
package io.waggle.server.control;

import org.jspecify.annotations.NullMarked;
