/**
 * Local copies of topics, kept up to date by one thread each.
 *
 * <p>May depend on: the state's views, control, metric, the core's models, rules, items and way to
 * Kafka, and Kafka's consumer.
 */
@NullMarked
package io.waggle.server.view;

import org.jspecify.annotations.NullMarked;
