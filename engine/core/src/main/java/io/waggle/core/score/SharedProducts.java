package io.waggle.core.score;

import java.util.ArrayList;
import java.util.List;

/**
 * The products that one feature of an action makes with what all actions share, whatever their
 * length, in one request. One thread.
 */
final class SharedProducts {
  private static final int LETTERS = 256;
  private static final int PRIME = LinearScores.INTERACTION_PRIME;

  private final LinearScores scores;
  private final FeatureGroups shared;
  private final List<List<Product>> byLetter = new ArrayList<>(LETTERS);

  /**
   * Products with the action's feature at one place.
   *
   * @param before what the features before it leave to be combined with its hash; a single 0 where
   *     there are none
   * @param beforeValues what they multiply
   * @param after the letters of those behind it
   */
  private record Product(int[] before, float[] beforeValues, char[] after) {}

  /**
   * Of a request.
   *
   * @param shared groups that hold what is shared
   * @param entries the interactions, without wildcards
   */
  SharedProducts(LinearScores scores, FeatureGroups shared, List<char[]> entries) {
    this.scores = scores;
    this.shared = shared;
    for (char letter = 0; letter < LETTERS; letter++) {
      byLetter.add(List.of());
    }
    for (char[] entry : entries) {
      for (int place = 0; place < entry.length; place++) {
        add(entry, place);
      }
    }
  }

  private void add(char[] entry, int place) {
    // Of features of one letter an action's own come first.
    boolean behindItsLike = place > 0 && entry[place - 1] == entry[place] && !scores.permutations();
    if (behindItsLike || !hasAllBut(entry, place)) {
      return;
    }
    TouchedWeights before = new TouchedWeights();
    if (place == 0) {
      before.add(0, 1);
    } else {
      addBefore(entry, place, 0, start(entry[0]), 0, 1, before);
    }
    char[] after = new char[entry.length - place - 1];
    System.arraycopy(entry, place + 1, after, 0, after.length);
    List<Product> products = new ArrayList<>(byLetter.get(entry[place]));
    products.add(new Product(before.indices(), before.values(), after));
    byLetter.set(entry[place], products);
  }

  private boolean hasAllBut(char[] entry, int place) {
    for (int i = 0; i < entry.length; i++) {
      if (i != place && shared.group(entry[i]) < 0) {
        return false;
      }
    }
    return true;
  }

  private void addBefore(
      char[] entry, int place, int depth, int start, int hash, float value, TouchedWeights before) {
    if (depth == place) {
      before.add(hash, value);
      return;
    }
    for (int i = start; i < shared.end(shared.group(entry[depth])); i++) {
      int next = depth + 1 == place ? 0 : start(entry, depth + 1, i);
      int chosen = PRIME * (hash ^ shared.indices()[i]);
      addBefore(entry, place, depth + 1, next, chosen, value * shared.values()[i], before);
    }
  }

  private int start(char letter) {
    return shared.start(shared.group(letter));
  }

  /** Where the features of a place begin: of a letter that repeats, where the one before stands. */
  private int start(char[] letters, int place, int previous) {
    boolean repeats = letters[place - 1] == letters[place] && !scores.permutations();
    return repeats ? previous : start(letters[place]);
  }

  /**
   * The weights of all products of a feature, each times what is shared of it.
   *
   * @param hash of the feature, scaled
   * @param set offset of the weight set
   */
  float sum(char letter, int hash, int set) {
    float[] weights = scores.weights();
    int mask = weights.length - 1;
    float sum = 0;
    for (Product product : byLetter.get(letter)) {
      int[] before = product.before();
      for (int i = 0; i < before.length; i++) {
        int chosen = before[i] ^ hash;
        float value = product.beforeValues()[i];
        sum +=
            product.after().length == 0
                ? weights[(chosen ^ set) & mask] * value
                : value * behind(product.after(), 0, start(product.after()[0]), chosen, set);
      }
    }
    return sum;
  }

  private float behind(char[] after, int depth, int start, int chosen, int set) {
    int hash = PRIME * chosen;
    int[] indices = shared.indices();
    float[] values = shared.values();
    int end = shared.end(shared.group(after[depth]));
    float sum = 0;
    if (depth + 1 == after.length) {
      float[] weights = scores.weights();
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
