/**
 * What the service writes to Kafka, behind bounded buffers.
 *
 * <p>May depend on: metric, the state's topics and Kafka's producer.
 */
@NullMarked
package io.waggle.server.log;

import org.jspecify.annotations.NullMarked;
