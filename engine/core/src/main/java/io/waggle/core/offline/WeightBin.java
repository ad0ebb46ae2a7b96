package io.waggle.core.offline;

/**
 * A bin of a histogram.
 *
 * @param from its lower end
 * @param to its upper end; may be infinite
 * @param count decisions in it
 */
public record WeightBin(double from, double to, long count) {}
