package io.waggle.core.score;

import java.util.Arrays;

/**
 * The weights that an action's score is made of, each with what multiplies it. Reused, so that
 * nothing is allocated once the arrays have grown. One thread.
 */
final class TouchedWeights {
  private int[] indices = new int[256];
  private float[] values = new float[256];
  private int size;

  void clear() {
    size = 0;
  }

  void add(int index, float value) {
    if (size == indices.length) {
      indices = Arrays.copyOf(indices, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    indices[size] = index;
    values[size++] = value;
  }

  int size() {
    return size;
  }

  /** Index of a weight, masked. */
  int index(int i) {
    return indices[i];
  }

  float value(int i) {
    return values[i];
  }

  /** All indices as they were added; not shared. */
  int[] indices() {
    return Arrays.copyOf(indices, size);
  }

  /** What multiplies each; not shared. */
  float[] values() {
    return Arrays.copyOf(values, size);
  }
}
