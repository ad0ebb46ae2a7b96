/**
 * What the service writes to Kafka, behind bounded buffers: decisions through files, so that they
 * outlive an absence of Kafka and the process.
 *
 * <p>May depend on: metric, the state's topics, the core's way to Kafka and Kafka's producer.
 */
@NullMarked
package io.waggle.server.log;

import org.jspecify.annotations.NullMarked;
