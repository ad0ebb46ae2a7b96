package io.waggle.core.score;

import io.waggle.core.codec.LearnerCounters;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Scores of actions: {@code sum of weight * value} over features and products of features, in VW's
 * order of 32-bit additions ({@code gd_predict.h}, {@code interactions_predict.h}), so equal to
 * VW's to the bit. Products are never stored: each costs an xor and a multiplication beside the
 * look-up of its weight. Holds {@code 4 << bits} bytes. Any thread, but each with groups of its
 * own.
 */
final class LinearScores {
  static final int INTERACTION_PRIME = 16_777_619;
  private static final int LETTERS = 256;

  private final float[] weights;
  private final float contraction;
  private final List<String> entries;
  private final boolean wild;
  private final boolean permutations;
  private final boolean[] linear = new boolean[LETTERS];
  private final char[][] written;
  private volatile Products products;

  /** The entries with letters for wildcards, and which letters were known when that was done. */
  private record Products(boolean[] letters, char[][] entries) {}

  LinearScores(LearnerOptions options, VowpalWabbitModel model, boolean severalSlots) {
    LearnerCounters learner = model.learner();
    this.weights = model.weights().dense(model.header().bits(), WeightTable.WEIGHT);
    if (learner != null && options.decimal("--l1", 0) > 0) {
      truncate(weights, (float) learner.l1State());
    }
    this.contraction = learner == null ? 1 : (float) learner.l2State();
    List<String> given = Interactions.of(options);
    this.entries =
        severalSlots ? Interactions.withSlotIndex(given, FeatureGroups.SLOT_INDEX_LETTER) : given;
    this.wild = Interactions.areWild(entries);
    this.permutations = options.has("--permutations");
    String ignoredLinear = options.letters("--ignore_linear");
    for (char letter = 0; letter < linear.length; letter++) {
      linear[letter] = ignoredLinear.indexOf(letter) < 0;
    }
    this.written =
        entries.stream()
            .filter(entry -> !Interactions.areWild(List.of(entry)))
            .map(String::toCharArray)
            .toArray(char[][]::new);
    this.products = products(new boolean[LETTERS]);
  }

  /** What {@code --l1} leaves of each weight: nothing below the gravity it has gathered. */
  private static void truncate(float[] weights, float gravity) {
    for (int i = 0; i < weights.length; i++) {
      float weight = weights[i];
      weights[i] = gravity < Math.abs(weight) ? weight - (weight < 0 ? -1f : 1f) * gravity : 0;
    }
  }

  /**
   * The score of the action that the groups hold.
   *
   * @param set offset of the weight set
   */
  float score(FeatureGroups groups, int set) {
    return sum(groups, set) * contraction;
  }

  /** The score of what the groups hold before it is contracted. */
  float sum(FeatureGroups groups, int set) {
    float sum = 0;
    for (int group = 0; group < groups.groups(); group++) {
      if (linear[groups.letter(group)]) {
        sum = add(sum, groups, set, 1, group, groups.start(group));
      }
    }
    for (char[] entry : products(groups.table()).entries()) {
      sum = add(sum, groups, entry, set);
    }
    return sum;
  }

  /** The weights by masked index, which nobody changes; their number is a power of two. */
  float[] weights() {
    return weights;
  }

  /** The weight of an index that need not be masked. */
  float weight(int index) {
    return weights[index & (weights.length - 1)];
  }

  /** What a sum of weights is multiplied by. */
  float contraction() {
    return contraction;
  }

  /** True: some interaction has a wildcard. */
  boolean isWild() {
    return wild;
  }

  /** The interactions without wildcards. */
  char[][] written() {
    return written;
  }

  /** The interactions, wildcards kept. */
  List<String> entries() {
    return entries;
  }

  /** True: of features of one letter each is multiplied with each, in both orders. */
  boolean permutations() {
    return permutations;
  }

  /** True: features of the letter count by themselves. */
  boolean isLinear(char letter) {
    return linear[letter];
  }

  /** True: scores can be computed side by side. */
  boolean fitsLanes(FeatureGroups groups) {
    for (char[] entry : products(groups.table()).entries()) {
      if (entry.length > Lanes.MOST_LETTERS) {
        return false;
      }
    }
    return true;
  }

  /**
   * Adds up the scores of all actions of the lanes, each with the same bits as alone.
   *
   * @param set offset of the weight set
   */
  void score(Lanes lanes, int set) {
    GroupTable groups = lanes.groups();
    lanes.clearSums();
    for (int group = 0; group < groups.size(); group++) {
      if (linear[groups.letter(group)]) {
        lanes.addLinear(weights, set, group);
      }
    }
    for (char[] entry : products(groups).entries()) {
      if (hasAll(groups, entry) && entry.length == 2) {
        boolean repeats = entry[0] == entry[1] && !permutations;
        lanes.addPairs(weights, set, groups.of(entry[0]), groups.of(entry[1]), repeats);
      } else if (hasAll(groups, entry)) {
        lanes.addProducts(weights, set, entry, permutations);
      }
    }
  }

  /** The score of one of them after {@link #score(Lanes, int)}. */
  float score(Lanes lanes, int block, int lane) {
    return lanes.sum(block, lane) * contraction;
  }

  /**
   * The weights by which VW says how sensitive that score is, with what multiplies them: those of
   * the score itself, but wildcards, which VW does not expand there, stand for nothing.
   */
  void touch(FeatureGroups groups, int set, TouchedWeights touched) {
    touched.clear();
    for (int group = 0; group < groups.groups(); group++) {
      if (linear[groups.letter(group)]) {
        touch(touched, groups, set, 1, group, groups.start(group));
      }
    }
    for (char[] entry : written) {
      if (hasAll(groups.table(), entry)) {
        touch(touched, groups, entry, set, 0, groups.start(groups.group(entry[0])), 0, 1);
      }
    }
  }

  private void touch(
      TouchedWeights touched,
      FeatureGroups groups,
      char[] entry,
      int set,
      int depth,
      int start,
      int hash,
      float value) {
    int group = groups.group(entry[depth]);
    if (depth + 1 == entry.length) {
      touch(touched, groups, hash ^ set, value, group, start);
      return;
    }
    int next = groups.group(entry[depth + 1]);
    boolean repeats = next == group && !permutations;
    for (int i = start; i < groups.end(group); i++) {
      int chosen = INTERACTION_PRIME * (hash ^ groups.indices()[i]);
      float product = value * groups.values()[i];
      int nextStart = repeats ? i : groups.start(next);
      touch(touched, groups, entry, set, depth + 1, nextStart, chosen, product);
    }
  }

  private void touch(
      TouchedWeights touched, FeatureGroups groups, int hash, float value, int group, int start) {
    int mask = weights.length - 1;
    for (int i = start; i < groups.end(group); i++) {
      touched.add((hash ^ groups.indices()[i]) & mask, value * groups.values()[i]);
    }
  }

  private static boolean hasAll(GroupTable groups, char[] entry) {
    for (char letter : entry) {
      if (groups.of(letter) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Adds an entry's products of the features that the groups hold, if they have its letters. */
  float add(float sum, FeatureGroups groups, char[] entry, int set) {
    if (!hasAll(groups.table(), entry)) {
      return sum;
    }
    return add(sum, groups, entry, set, 0, groups.start(groups.group(entry[0])), 0, 1);
  }

  /**
   * The loops of one entry from its letter {@code depth} on, first letter outermost. A letter equal
   * to the one before starts where that one stands: combinations with repetition.
   *
   * @param hash of the features chosen so far
   * @param value their product
   */
  private float add(
      float sum,
      FeatureGroups groups,
      char[] entry,
      int set,
      int depth,
      int start,
      int hash,
      float value) {
    int group = groups.group(entry[depth]);
    int next = groups.group(entry[depth + 1]);
    boolean repeats = next == group && !permutations;
    boolean innermost = depth + 2 == entry.length;
    int[] indices = groups.indices();
    float[] values = groups.values();
    float result = sum;
    for (int i = start; i < groups.end(group); i++) {
      int chosen = INTERACTION_PRIME * (hash ^ indices[i]);
      float product = value * values[i];
      int nextStart = repeats ? i : groups.start(next);
      result =
          innermost
              ? add(result, groups, chosen ^ set, product, next, nextStart)
              : add(result, groups, entry, set, depth + 1, nextStart, chosen, product);
    }
    return result;
  }

  /**
   * The innermost loop.
   *
   * @param hash what the index of each feature is combined with; the offset of the weight set is in
   *     it, as the lowest bits of an index are 0
   */
  private float add(float sum, FeatureGroups groups, int hash, float value, int group, int start) {
    float[] weights = this.weights;
    // Such that the compiler sees that no index is outside.
    int mask = weights.length - 1;
    int[] indices = groups.indices();
    float[] values = groups.values();
    int end = groups.end(group);
    float result = sum;
    for (int i = start; i < end; i++) {
      result += weights[(hash ^ indices[i]) & mask] * (value * values[i]);
    }
    return result;
  }

  /** The entries for the letters seen so far: which of them an action has is looked up later. */
  private Products products(GroupTable groups) {
    Products known = products;
    for (int group = 0; wild && group < groups.size(); group++) {
      if (!known.letters()[groups.letter(group)]) {
        return learnLetters(known, groups);
      }
    }
    return known;
  }

  private Products learnLetters(Products known, GroupTable groups) {
    boolean[] letters = known.letters().clone();
    for (int group = 0; group < groups.size(); group++) {
      letters[groups.letter(group)] = true;
    }
    Products more = products(letters);
    products = more;
    return more;
  }

  private Products products(boolean[] letters) {
    Set<Character> present = new TreeSet<>();
    for (char letter = 0; letter < letters.length; letter++) {
      if (letters[letter]) {
        present.add(letter);
      }
    }
    return new Products(
        letters,
        Interactions.forLetters(entries, present).stream()
            .map(String::toCharArray)
            .toArray(char[][]::new));
  }
}
