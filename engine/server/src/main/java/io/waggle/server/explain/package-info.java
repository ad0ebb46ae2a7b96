/**
 * What models hold, told with the names of features that were ranked here lately, and why decisions
 * were made as they were.
 *
 * <p>May depend on: wire, the core's explanations, codec and way to Kafka, the state's models and
 * registry, and Kafka's consumer.
 */
@NullMarked
package io.waggle.server.explain;

import org.jspecify.annotations.NullMarked;
