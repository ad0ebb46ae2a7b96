package io.waggle.benchmarks.scoring;

/**
 * What is scored.
 *
 * @param features of each action
 * @param bits {@code -b} of the model
 */
record Shape(int actions, int features, int bits) {}
