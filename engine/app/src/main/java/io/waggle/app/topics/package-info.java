/**
 * The topics of an installation: made where they are missing, compared with how they should be.
 *
 * <p>May depend on: state, the core's way to Kafka, {@code report} and Kafka's clients.
 */
@NullMarked
package io.waggle.app.topics;

import org.jspecify.annotations.NullMarked;
