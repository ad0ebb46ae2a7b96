package io.waggle.core.score;

import java.util.Arrays;

/**
 * Actions with the same letters side by side, for loops that do each step for all of them. Four
 * make a block: one sum has to wait for its last addition, four do not wait for each other. And a
 * feature is multiplied with those of all blocks before the next one is: the weights of one step
 * are few, as actions have many features in common, and stay in the fastest cache.
 *
 * <p>The features of a block lie interleaved, position by position; of a group that is shorter than
 * another action's the rest is filled with features of value 0, which add 0 to a finite sum. Each
 * action's sum is added up in VW's order, so its bits are the same as alone. Reused. One thread.
 *
 * <p>Products of more than two features are chosen level by level as the loops go down: row {@code
 * d} holds for each lane the hash and the product of the first {@code d} features.
 */
final class Lanes {
  /** Actions of a block. */
  static final int WIDTH = 4;

  /** Most letters of an interaction: numbers are at most 1e6, and so many multiplied finite. */
  static final int MOST_LETTERS = 6;

  private static final int BLOCKS = 16;
  private static final int INTERACTION_PRIME = 16_777_619;

  /** The letters of all blocks; a shared group's stretch of the shared features. */
  private final GroupTable groups = new GroupTable();

  private final boolean[] shared = new boolean[GroupTable.MOST];

  /** Of a group that is not shared, its stretch of each block's own features. */
  private final int[] starts = new int[GroupTable.MOST * BLOCKS];

  private final int[] ends = new int[GroupTable.MOST * BLOCKS];
  private final int[] hashes = new int[(MOST_LETTERS + 1) * WIDTH];
  private final float[] products = new float[(MOST_LETTERS + 1) * WIDTH];
  private final float[] sums = new float[BLOCKS * WIDTH];
  private final int[] firsts = new int[BLOCKS];
  private final int[] counts = new int[BLOCKS];
  private int[] indices = new int[1024];
  private float[] values = new float[1024];
  private int[] sharedIndices = indices;
  private float[] sharedValues = values;
  private int size;
  private int blocks;

  Lanes() {
    Arrays.fill(products, 0, WIDTH, 1);
  }

  void clear() {
    blocks = 0;
    size = 0;
  }

  /** True: there is no room for another block. */
  boolean isFull() {
    return blocks == BLOCKS;
  }

  /**
   * Takes the actions that the features hold as another block.
   *
   * @param first index of the first of them
   * @param count of actions, at most {@link #WIDTH}
   * @return false: they differ in their letters, or in which of them are shared, from each other or
   *     from the blocks before, and nothing was taken
   */
  boolean add(FeatureGroups features, int first, int count) {
    if (blocks == 0) {
      takeLetters(features);
    }
    for (int lane = 0; lane < count; lane++) {
      if (!isAlike(features, features.table(lane))) {
        return false;
      }
    }
    sharedIndices = features.indices();
    sharedValues = features.values();
    for (int group = 0; group < groups.size(); group++) {
      if (!shared[group]) {
        int at = group * BLOCKS + blocks;
        starts[at] = size;
        size += longest(features, group, count);
        ends[at] = size;
        interleave(features, group, count);
      }
    }
    firsts[blocks] = first;
    counts[blocks++] = count;
    return true;
  }

  private void takeLetters(FeatureGroups features) {
    GroupTable table = features.table(0);
    groups.clear();
    for (int group = 0; group < table.size(); group++) {
      groups.add(table.letter(group), table.start(group), table.end(group));
      shared[group] = features.isShared(table.start(group));
    }
  }

  private boolean isAlike(FeatureGroups features, GroupTable table) {
    if (!groups.hasLettersOf(table)) {
      return false;
    }
    for (int group = 0; group < groups.size(); group++) {
      if (shared[group] != features.isShared(table.start(group))) {
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
    int start = starts[group * BLOCKS + blocks] * WIDTH;
    int end = size * WIDTH;
    if (indices.length < end) {
      indices = Arrays.copyOf(indices, 2 * end);
      values = Arrays.copyOf(values, 2 * end);
    }
    for (int lane = 0; lane < WIDTH; lane++) {
      int to = start + lane;
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

  int blocks() {
    return blocks;
  }

  /** Index of a block's first action. */
  int first(int block) {
    return firsts[block];
  }

  /** Actions of a block. */
  int count(int block) {
    return counts[block];
  }

  /** The letters that all the actions have. */
  GroupTable groups() {
    return groups;
  }

  void clearSums() {
    Arrays.fill(sums, 0, blocks * WIDTH, 0);
  }

  float sum(int block, int lane) {
    return sums[block * WIDTH + lane];
  }

  /**
   * Adds to each sum, feature by feature of a group, weight times value.
   *
   * @param set offset of the weight set; the lowest bits of an index are 0
   */
  void addLinear(float[] weights, int set, int group) {
    for (int block = 0; block < blocks; block++) {
      add(weights, set, 0, block, group, start(block, group));
    }
  }

  /**
   * Adds the products of two groups, those of the first one outermost.
   *
   * @param repeats true: the groups are one, and each pair of its features is taken once
   */
  void addPairs(float[] weights, int set, int outer, int inner, boolean repeats) {
    if (shared[outer] && !shared[inner]) {
      addSharedTimesOwn(weights, set, outer, inner);
      return;
    }
    int longest = 0;
    for (int block = 0; block < blocks; block++) {
      longest = Math.max(longest, end(block, outer) - start(block, outer));
    }
    for (int i = 0; i < longest; i++) {
      for (int block = 0; block < blocks; block++) {
        int position = start(block, outer) + i;
        if (position < end(block, outer)) {
          choose(0, outer, position);
          add(weights, set, 1, block, inner, repeats ? position : start(block, inner));
        }
      }
    }
  }

  private void addSharedTimesOwn(float[] weights, int set, int outer, int inner) {
    // Such that the compiler sees that no index is outside.
    int mask = weights.length - 1;
    int[] indices = this.indices;
    float[] values = this.values;
    float[] sums = this.sums;
    for (int position = groups.start(outer); position < groups.end(outer); position++) {
      int hash = INTERACTION_PRIME * sharedIndices[position] ^ set;
      float value = sharedValues[position];
      for (int block = 0; block < blocks; block++) {
        int end = ends[inner * BLOCKS + block] * WIDTH;
        int lane = block * WIDTH;
        float sum0 = sums[lane];
        float sum1 = sums[lane + 1];
        float sum2 = sums[lane + 2];
        float sum3 = sums[lane + 3];
        for (int i = starts[inner * BLOCKS + block] * WIDTH; i < end; i += WIDTH) {
          sum0 += weights[(hash ^ indices[i]) & mask] * (value * values[i]);
          sum1 += weights[(hash ^ indices[i + 1]) & mask] * (value * values[i + 1]);
          sum2 += weights[(hash ^ indices[i + 2]) & mask] * (value * values[i + 2]);
          sum3 += weights[(hash ^ indices[i + 3]) & mask] * (value * values[i + 3]);
        }
        sums[lane] = sum0;
        sums[lane + 1] = sum1;
        sums[lane + 2] = sum2;
        sums[lane + 3] = sum3;
      }
    }
  }

  /**
   * Adds the products of three or more groups.
   *
   * @param entry the letters, all of them there
   * @param permutations true: of a letter that comes twice all pairs are taken
   */
  void addProducts(float[] weights, int set, char[] entry, boolean permutations) {
    for (int block = 0; block < blocks; block++) {
      int start = start(block, groups.of(entry[0]));
      addProducts(weights, set, entry, permutations, block, 0, start);
    }
  }

  /** The loops of one entry from its letter {@code depth} on, as of a single action. */
  private void addProducts(
      float[] weights,
      int set,
      char[] entry,
      boolean permutations,
      int block,
      int depth,
      int start) {
    int group = groups.of(entry[depth]);
    if (depth + 1 == entry.length) {
      add(weights, set, depth, block, group, start);
      return;
    }
    int next = groups.of(entry[depth + 1]);
    boolean repeats = next == group && !permutations;
    for (int i = start; i < end(block, group); i++) {
      choose(depth, group, i);
      int nextStart = repeats ? i : start(block, next);
      addProducts(weights, set, entry, permutations, block, depth + 1, nextStart);
    }
  }

  private int start(int block, int group) {
    return shared[group] ? groups.start(group) : starts[group * BLOCKS + block];
  }

  private int end(int block, int group) {
    return shared[group] ? groups.end(group) : ends[group * BLOCKS + block];
  }

  /** Multiplies each lane's product of a row with its feature, into the next row. */
  private void choose(int row, int group, int position) {
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

  /** Adds the products of a row with the features of a group. */
  private void add(float[] weights, int set, int row, int block, int group, int start) {
    if (shared[group]) {
      addShared(weights, set, row * WIDTH, block * WIDTH, start, groups.end(group));
    } else {
      int end = ends[group * BLOCKS + block];
      addOwn(weights, set, row * WIDTH, block * WIDTH, start * WIDTH, end * WIDTH);
    }
  }

  private void addOwn(float[] weights, int set, int row, int lane, int start, int end) {
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
    float sum0 = sums[lane];
    float sum1 = sums[lane + 1];
    float sum2 = sums[lane + 2];
    float sum3 = sums[lane + 3];
    for (int i = start; i < end; i += WIDTH) {
      sum0 += weights[(hash0 ^ indices[i]) & mask] * (product0 * values[i]);
      sum1 += weights[(hash1 ^ indices[i + 1]) & mask] * (product1 * values[i + 1]);
      sum2 += weights[(hash2 ^ indices[i + 2]) & mask] * (product2 * values[i + 2]);
      sum3 += weights[(hash3 ^ indices[i + 3]) & mask] * (product3 * values[i + 3]);
    }
    sums[lane] = sum0;
    sums[lane + 1] = sum1;
    sums[lane + 2] = sum2;
    sums[lane + 3] = sum3;
  }

  private void addShared(float[] weights, int set, int row, int lane, int start, int end) {
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
    float sum0 = sums[lane];
    float sum1 = sums[lane + 1];
    float sum2 = sums[lane + 2];
    float sum3 = sums[lane + 3];
    for (int i = start; i < end; i++) {
      int index = indices[i];
      float value = values[i];
      sum0 += weights[(hash0 ^ index) & mask] * (product0 * value);
      sum1 += weights[(hash1 ^ index) & mask] * (product1 * value);
      sum2 += weights[(hash2 ^ index) & mask] * (product2 * value);
      sum3 += weights[(hash3 ^ index) & mask] * (product3 * value);
    }
    sums[lane] = sum0;
    sums[lane + 1] = sum1;
    sums[lane + 2] = sum2;
    sums[lane + 3] = sum3;
  }
}
