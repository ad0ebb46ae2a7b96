package io.waggle.core.rank;

import io.waggle.core.policy.Exploration;

/**
 * Indices by their costs, smallest first: a heap, as few are asked for. Taking one of n costs log
 * n. Equal ones are in an order drawn for the decision: of items that a young model has learned
 * nothing about no user should always be offered the same. One thread.
 */
final class CheapestFirst {
  private final float[] costs;
  private final long seed;
  private final int[] heap;
  private int size;

  /**
   * Of costs.
   *
   * @param costs {@code float[n]}
   * @param seed of the decision's retrieval
   */
  CheapestFirst(float[] costs, long seed) {
    this.costs = costs;
    this.seed = seed;
    this.size = costs.length;
    this.heap = new int[size];
    for (int i = 0; i < size; i++) {
      heap[i] = i;
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Takes the next index; there must be one. */
  int next() {
    int first = heap[0];
    heap[0] = heap[--size];
    sink(0);
    return first;
  }

  private void sink(int from) {
    int parent = from;
    while (2 * parent + 1 < size) {
      int child = 2 * parent + 1;
      if (child + 1 < size && isBefore(heap[child + 1], heap[child])) {
        child++;
      }
      if (!isBefore(heap[child], heap[parent])) {
        return;
      }
      int lower = heap[child];
      heap[child] = heap[parent];
      heap[parent] = lower;
      parent = child;
    }
  }

  private boolean isBefore(int one, int other) {
    int order = Float.compare(costs[one], costs[other]);
    return order < 0 || (order == 0 && tie(one) < tie(other));
  }

  /** From below 0: the numbers from 0 on draw candidates. */
  private double tie(int index) {
    return Exploration.uniform(Exploration.slotSeed(seed, -1 - index));
  }
}
