package io.waggle.core.score;

import java.util.Arrays;

/**
 * The products that one feature of an action makes with what all actions share, whatever their
 * length, in one request. Reused, so that nothing is allocated once the arrays have grown: 8 bytes
 * for each product of what stands before the action's feature. One thread.
 */
final class SharedProducts {
  private static final int PRIME = LinearScores.INTERACTION_PRIME;
  private static final char[] NONE = {};

  private float[] weights = {0};
  private boolean permutations;
  private GroupTable shared = new GroupTable();
  private int[] indices = {};
  private float[] values = {};

  /**
   * What the features before the action's leave to be combined with its hash, and their product.
   */
  private int[] before = new int[256];

  private float[] beforeValues = new float[256];
  private int size;

  /** For each product of letters: the action's letter, its stretch of those, what is behind it. */
  private char[] letters = new char[8];

  private int[] starts = new int[8];
  private int[] ends = new int[8];
  private char[][] behind = new char[8][];
  private int products;

  /**
   * Takes a request in place of the one before.
   *
   * @param features hold what is shared, and no action yet
   * @param entries the interactions, without wildcards
   * @param most products of what stands before an action's feature
   * @return false: there are more; nothing may be asked then
   */
  boolean start(LinearScores scores, FeatureGroups features, char[][] entries, int most) {
    weights = scores.weights();
    permutations = scores.permutations();
    shared = features.shared();
    indices = features.indices();
    values = features.values();
    size = 0;
    products = 0;
    for (char[] entry : entries) {
      for (int place = 0; place < entry.length; place++) {
        if (!add(entry, place, most)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean add(char[] entry, int place, int most) {
    // Of features of one letter an action's own come first.
    boolean behindItsLike = place > 0 && entry[place - 1] == entry[place] && !permutations;
    if (behindItsLike || !hasAllBut(entry, place)) {
      return true;
    }
    int start = size;
    if (place == 0) {
      keep(0, 1);
    } else if (!addBefore(entry, place, 0, start(entry[0]), 0, 1, most)) {
      return false;
    }
    if (place + 1 == entry.length && continuesLast(entry[place])) {
      ends[products - 1] = size;
      return true;
    }
    if (products == letters.length) {
      letters = Arrays.copyOf(letters, 2 * products);
      starts = Arrays.copyOf(starts, 2 * products);
      ends = Arrays.copyOf(ends, 2 * products);
      behind = Arrays.copyOf(behind, 2 * products);
    }
    letters[products] = entry[place];
    starts[products] = start;
    ends[products] = size;
    behind[products++] =
        place + 1 == entry.length ? NONE : Arrays.copyOfRange(entry, place + 1, entry.length);
    return true;
  }

  private boolean continuesLast(char letter) {
    return products > 0 && letters[products - 1] == letter && behind[products - 1].length == 0;
  }

  private boolean hasAllBut(char[] entry, int place) {
    for (int i = 0; i < entry.length; i++) {
      if (i != place && shared.of(entry[i]) < 0) {
        return false;
      }
    }
    return true;
  }

  private boolean addBefore(
      char[] entry, int place, int depth, int start, int hash, float value, int most) {
    if (depth == place) {
      keep(hash, value);
      return size <= most;
    }
    for (int i = start; i < end(entry[depth]); i++) {
      int next = depth + 1 == place ? 0 : start(entry, depth + 1, i);
      int chosen = PRIME * (hash ^ indices[i]);
      float product = value * values[i];
      if (!addBefore(entry, place, depth + 1, next, chosen, product, most)) {
        return false;
      }
    }
    return true;
  }

  private void keep(int hash, float value) {
    if (size == before.length) {
      before = Arrays.copyOf(before, 2 * size);
      beforeValues = Arrays.copyOf(beforeValues, 2 * size);
    }
    before[size] = hash;
    beforeValues[size++] = value;
  }

  private int start(char letter) {
    return shared.start(shared.of(letter));
  }

  private int end(char letter) {
    return shared.end(shared.of(letter));
  }

  /** Where the features of a place begin: of a letter that repeats, where the one before stands. */
  private int start(char[] word, int place, int previous) {
    boolean repeats = word[place - 1] == word[place] && !permutations;
    return repeats ? previous : start(word[place]);
  }

  /**
   * The weights of all products of a feature, each times what is shared of it.
   *
   * @param hash of the feature, scaled
   * @param set offset of the weight set
   */
  float sum(char letter, int hash, int set) {
    float sum = 0;
    for (int product = 0; product < products; product++) {
      if (letters[product] == letter) {
        sum +=
            behind[product].length == 0
                ? last(hash ^ set, starts[product], ends[product])
                : notLast(hash, set, product);
      }
    }
    return sum;
  }

  /**
   * Adds to the sums of many features what {@link #sum} says of each, in another order.
   *
   * @param hashes of the features, scaled; those from {@code from} to before {@code to}
   * @param set offset of the weight set
   * @param sums by feature
   */
  void addSums(char letter, int[] hashes, int from, int to, int set, float[] sums) {
    for (int product = 0; product < products; product++) {
      if (letters[product] != letter) {
        continue;
      }
      if (behind[product].length == 0) {
        addLast(product, hashes, from, to, set, sums);
      } else {
        for (int i = from; i < to; i++) {
          sums[i] += notLast(hashes[i], set, product);
        }
      }
    }
  }

  private void addLast(int product, int[] hashes, int from, int to, int set, float[] sums) {
    float[] weights = this.weights;
    int mask = weights.length - 1;
    int end = ends[product];
    int next = starts[product];
    for (; next + 3 < end; next += 4) {
      int hash0 = before[next] ^ set;
      int hash1 = before[next + 1] ^ set;
      int hash2 = before[next + 2] ^ set;
      int hash3 = before[next + 3] ^ set;
      float value0 = beforeValues[next];
      float value1 = beforeValues[next + 1];
      float value2 = beforeValues[next + 2];
      float value3 = beforeValues[next + 3];
      for (int i = from; i < to; i++) {
        int hash = hashes[i];
        float sum01 =
            weights[(hash0 ^ hash) & mask] * value0 + weights[(hash1 ^ hash) & mask] * value1;
        float sum23 =
            weights[(hash2 ^ hash) & mask] * value2 + weights[(hash3 ^ hash) & mask] * value3;
        sums[i] += sum01 + sum23;
      }
    }
    for (; next < end; next++) {
      int hash0 = before[next] ^ set;
      float value0 = beforeValues[next];
      for (int i = from; i < to; i++) {
        sums[i] += weights[(hash0 ^ hashes[i]) & mask] * value0;
      }
    }
  }

  /** Those in which the action's feature is the last. */
  private float last(int hash, int start, int end) {
    float[] weights = this.weights;
    int mask = weights.length - 1;
    int[] hashes = before;
    float[] values = beforeValues;
    float sum = 0;
    for (int i = start; i < end; i++) {
      sum += weights[(hashes[i] ^ hash) & mask] * values[i];
    }
    return sum;
  }

  private float notLast(int hash, int set, int product) {
    char[] after = behind[product];
    float sum = 0;
    for (int i = starts[product]; i < ends[product]; i++) {
      sum += beforeValues[i] * behind(after, 0, start(after[0]), before[i] ^ hash, set);
    }
    return sum;
  }

  private float behind(char[] after, int depth, int start, int chosen, int set) {
    int hash = PRIME * chosen;
    int end = end(after[depth]);
    float sum = 0;
    if (depth + 1 == after.length) {
      int mask = weights.length - 1;
      int last = hash ^ set;
      for (int i = start; i < end; i++) {
        sum += weights[(last ^ indices[i]) & mask] * values[i];
      }
      return sum;
    }
    for (int i = start; i < end; i++) {
      int next = start(after, depth + 1, i);
      sum += values[i] * behind(after, depth + 1, next, hash ^ indices[i], set);
    }
    return sum;
  }
}
