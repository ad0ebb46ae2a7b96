/**
 * The ranking service: wires its parts to one port and to Kafka.
 *
 * <p>May depend on: every package below it, the core and the state.
 */
@NullMarked
package io.waggle.server;

import org.jspecify.annotations.NullMarked;
