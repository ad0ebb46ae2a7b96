/**
 * The whole loop as processes of their own on the loopback interface: a Kafka broker, a Flink
 * session cluster, the ranking services, and the keeper that starts them again.
 *
 * <p>May depend on: {@code embedded}, {@code report}, what {@code demo} serves and asks of a
 * running loop, and everything below the command line.
 */
@NullMarked
package io.waggle.app.cluster;

import org.jspecify.annotations.NullMarked;
