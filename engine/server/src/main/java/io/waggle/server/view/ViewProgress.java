package io.waggle.server.view;

/**
 * How far a view is.
 *
 * @param caughtUp it has reached the end that its topic had at the start, once and for all
 * @param lagRecords records behind the topic's end as last seen
 * @param problem what is missing or went wrong; empty when all is well
 */
public record ViewProgress(String topic, boolean caughtUp, long lagRecords, String problem) {}
