package io.waggle.core.score;

import java.util.Arrays;

/**
 * Up to four actions with the same letters side by side, for loops that do each step for all of
 * them: one sum has to wait for its last addition, four do not wait for each other. An action's own
 * features lie interleaved, position by position; of a group that is shorter than another action's
 * the rest is filled with features of value 0, which add 0 to a finite sum. Reused. One thread.
 *
 * <p>Products of features are chosen level by level as the loops go down: row {@code d} holds for
 * each lane the hash and the product of the first {@code d} features.
 */
final class Lanes {
  /** Actions side by side. */
  static final int WIDTH = 4;

  /** Most letters of an interaction: numbers are at most 1e6, and so many multiplied finite. */
  static final int MOST_LETTERS = 6;

  private static final int INTERACTION_PRIME = 16_777_619;

  private final int[] starts = new int[GroupTable.LETTERS];
  private final int[] ends = new int[GroupTable.LETTERS];
  private final boolean[] shared = new boolean[GroupTable.LETTERS];
  private final int[] hashes = new int[(MOST_LETTERS + 1) * WIDTH];
  private final float[] products = new float[(MOST_LETTERS + 1) * WIDTH];
  private final float[] sums = new float[WIDTH];
  private int[] indices = new int[256];
  private float[] values = new float[256];
  private GroupTable groups = new GroupTable();
  private int[] sharedIndices = indices;
  private float[] sharedValues = values;

  Lanes() {
    Arrays.fill(products, 0, WIDTH, 1);
  }

  /**
   * Takes the actions that the features hold.
   *
   * @param count of actions, at most {@link #WIDTH}
   * @return false: their letters differ, or which of them are shared, and nothing was taken
   */
  boolean take(FeatureGroups features, int count) {
    GroupTable first = features.table(0);
    for (int lane = 1; lane < count; lane++) {
      if (!areAlike(features, first, features.table(lane))) {
        return false;
      }
    }
    groups = first;
    sharedIndices = features.indices();
    sharedValues = features.values();
    int size = 0;
    for (int group = 0; group < first.size(); group++) {
      shared[group] = features.isShared(first.start(group));
      if (shared[group]) {
        starts[group] = first.start(group);
        ends[group] = first.end(group);
      } else {
        starts[group] = size;
        size += longest(features, group, count);
        ends[group] = size;
        interleave(features, group, count);
      }
    }
    return true;
  }

  private static boolean areAlike(FeatureGroups features, GroupTable one, GroupTable other) {
    if (!one.hasLettersOf(other)) {
      return false;
    }
    for (int group = 0; group < one.size(); group++) {
      if (features.isShared(one.start(group)) != features.isShared(other.start(group))) {
        return false;
      }
    }
    return true;
  }

  private static int longest(FeatureGroups features, int group, int count) {
    int longest = 0;
    for (int lane = 0; lane < count; lane++) {
      GroupTable table = features.table(lane);
      longest = Math.max(longest, table.end(group) - table.start(group));
    }
    return longest;
  }

  private void interleave(FeatureGroups features, int group, int count) {
    int end = ends[group] * WIDTH;
    if (indices.length < end) {
      indices = Arrays.copyOf(indices, 2 * end);
      values = Arrays.copyOf(values, 2 * end);
    }
    for (int lane = 0; lane < WIDTH; lane++) {
      int to = starts[group] * WIDTH + lane;
      if (lane < count) {
        GroupTable table = features.table(lane);
        for (int from = table.start(group); from < table.end(group); from++) {
          indices[to] = sharedIndices[from];
          values[to] = sharedValues[from];
          to += WIDTH;
        }
      }
      for (; to < end; to += WIDTH) {
        indices[to] = 0;
        values[to] = 0;
      }
    }
  }

  int groups() {
    return groups.size();
  }

  char letter(int group) {
    return groups.letter(group);
  }

  /** The group of a letter; negative: there is none. */
  int group(char letter) {
    return groups.of(letter);
  }

  /** The first position of a group. */
  int start(int group) {
    return starts[group];
  }

  /** The position after a group's last. */
  int end(int group) {
    return ends[group];
  }

  void clearSums() {
    Arrays.fill(sums, 0);
  }

  float sum(int lane) {
    return sums[lane];
  }

  /** Multiplies each lane's product of a row with its feature, into the next row. */
  void choose(int row, int group, int position) {
    int from = row * WIDTH;
    int to = from + WIDTH;
    for (int lane = 0; lane < WIDTH; lane++) {
      int at = shared[group] ? position : position * WIDTH + lane;
      int index = shared[group] ? sharedIndices[at] : indices[at];
      float value = shared[group] ? sharedValues[at] : values[at];
      hashes[to + lane] = INTERACTION_PRIME * (hashes[from + lane] ^ index);
      products[to + lane] = products[from + lane] * value;
    }
  }

  /**
   * Adds to each lane's sum, feature by feature of a group, weight times product.
   *
   * @param row of the products that the features are multiplied with
   * @param set offset of the weight set; the lowest bits of an index are 0
   */
  void add(float[] weights, int set, int row, int group, int start) {
    if (shared[group]) {
      addShared(weights, set, row * WIDTH, start, ends[group]);
    } else {
      addOwn(weights, set, row * WIDTH, start * WIDTH, ends[group] * WIDTH);
    }
  }

  private void addOwn(float[] weights, int set, int row, int start, int end) {
    // Such that the compiler sees that no index is outside.
    int mask = weights.length - 1;
    int[] indices = this.indices;
    float[] values = this.values;
    int hash0 = hashes[row] ^ set;
    int hash1 = hashes[row + 1] ^ set;
    int hash2 = hashes[row + 2] ^ set;
    int hash3 = hashes[row + 3] ^ set;
    float product0 = products[row];
    float product1 = products[row + 1];
    float product2 = products[row + 2];
    float product3 = products[row + 3];
    float sum0 = sums[0];
    float sum1 = sums[1];
    float sum2 = sums[2];
    float sum3 = sums[3];
    for (int i = start; i < end; i += WIDTH) {
      sum0 += weights[(hash0 ^ indices[i]) & mask] * (product0 * values[i]);
      sum1 += weights[(hash1 ^ indices[i + 1]) & mask] * (product1 * values[i + 1]);
      sum2 += weights[(hash2 ^ indices[i + 2]) & mask] * (product2 * values[i + 2]);
      sum3 += weights[(hash3 ^ indices[i + 3]) & mask] * (product3 * values[i + 3]);
    }
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
  }

  private void addShared(float[] weights, int set, int row, int start, int end) {
    int mask = weights.length - 1;
    int[] indices = sharedIndices;
    float[] values = sharedValues;
    int hash0 = hashes[row] ^ set;
    int hash1 = hashes[row + 1] ^ set;
    int hash2 = hashes[row + 2] ^ set;
    int hash3 = hashes[row + 3] ^ set;
    float product0 = products[row];
    float product1 = products[row + 1];
    float product2 = products[row + 2];
    float product3 = products[row + 3];
    float sum0 = sums[0];
    float sum1 = sums[1];
    float sum2 = sums[2];
    float sum3 = sums[3];
    for (int i = start; i < end; i++) {
      int index = indices[i];
      float value = values[i];
      sum0 += weights[(hash0 ^ index) & mask] * (product0 * value);
      sum1 += weights[(hash1 ^ index) & mask] * (product1 * value);
      sum2 += weights[(hash2 ^ index) & mask] * (product2 * value);
      sum3 += weights[(hash3 ^ index) & mask] * (product3 * value);
    }
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
  }
}
