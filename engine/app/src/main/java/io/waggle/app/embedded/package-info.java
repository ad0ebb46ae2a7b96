/**
 * The whole loop in one JVM: a Kafka broker, a Flink mini cluster and the ranking service over one
 * data directory.
 *
 * <p>May depend on: {@code topics} and everything below the command line.
 */
@NullMarked
package io.waggle.app.embedded;

import org.jspecify.annotations.NullMarked;
