package io.waggle.core.offline;

/**
 * A policy's value at the end of a window of a log.
 *
 * @param decisions so far
 * @param value IPS of all decisions so far
 * @param lower lower end of its interval, valid at every look
 * @param upper upper end
 * @param windowDecisions decisions of the window alone
 * @param window IPS of the window alone with a fixed-time interval
 * @param logged mean reward of the window's decisions as logged
 */
public record ValuePoint(
    long decisions,
    double value,
    double lower,
    double upper,
    long windowDecisions,
    Estimate window,
    double logged) {}
