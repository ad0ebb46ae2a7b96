package io.waggle.core.score;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Scores of the actions of one request. With the features a of an action, s of what all actions
 * share, and w the weights,
 *
 * <pre>
 * weight(a) = w(a) + sum over products s of what is shared of w(a, s) s
 * score     = shared + sum over a of weight(a) a + sum over products of two a or more
 * </pre>
 *
 * {@code weight} is added up once for each different feature, whatever the number of actions that
 * have it, and what is the same for all actions once for all of them. That is the sum of {@link
 * LinearScores} in another order of additions: they differ by rounding. A score depends on its
 * action and on what is shared, not on the other actions.
 *
 * <p>Actions are taken in first, then weights are added up, product by product for all features:
 * none waits for another, so as many weights are on their way from memory as the processor can
 * await.
 *
 * <p>Reused, so that nothing is allocated once the arrays have grown. Bounds: {@value #ACTIONS}
 * actions or {@value #FEATURES} features are taken in before they are scored, features known for
 * more than {@value #MOST_KNOWN} are forgotten; of the products of what is shared see {@link
 * #start}. One thread.
 */
final class RequestScores {
  private static final int ACTIONS = 64;
  private static final int FEATURES = 1 << 14;
  private static final int MOST_KNOWN = 1 << 15;

  /** Most products of what is shared that are multiplied with an action's feature: 0.5 MB. */
  private static final int MOST_PRODUCTS = 1 << 16;

  private static final int LETTERS = 256;
  private static final int TABLE_BITS = 12;

  /** Spreads hashes that differ in few bits, as those of numbers do (Knuth, 6.4). */
  private static final int GOLDEN = 0x9e3779b9;

  private static final int LETTER_SHIFT = 32;
  private static final int ROUND_SHIFT = 40;
  private static final long ROUNDS_MASK = (1L << (Long.SIZE - ROUND_SHIFT)) - 1;
  private static final long HASH_MASK = (1L << LETTER_SHIFT) - 1;

  private final FeatureGroups features;
  private final RankedActions ranked;
  private final SharedProducts products = new SharedProducts();

  /** Where a feature is known: round, letter and hash; a later one in place of one before it. */
  private final long[] keys = new long[1 << TABLE_BITS];

  private final int[] known = new int[1 << TABLE_BITS];

  /** Grows each time that what is known is forgotten; the first bits do not fit into a key. */
  private long round;

  private final @Nullable Features[] byLetter = new Features[LETTERS];
  private final Features[] used = new Features[GroupTable.MOST];
  private int letters;

  /** The features of the actions taken in, one after the other: which of its letter's each is. */
  private int[] ids = new int[256];

  private float[] values = new float[256];
  private int size;

  /** Stretches of those of one letter. */
  private Features[] runs = new Features[64];

  private int[] runEnds = new int[64];
  private int runCount;
  private final int[] places = new int[ACTIONS];
  private final int[] actionEnds = new int[ACTIONS];
  private float[] own = new float[ACTIONS];
  private int actions;

  private @Nullable LinearScores started;
  private int[] sets = {};
  private float[] shared = new float[1];
  private char[][] ownEntries = new char[8][];
  private int ownCount;

  /**
   * Without a request.
   *
   * @param features where what is shared lies when a request is started, and then each action
   * @param ranked where scores go
   */
  RequestScores(FeatureGroups features, RankedActions ranked) {
    this.features = features;
    this.ranked = ranked;
  }

  /** Different features of one letter, and what each weighs by weight set. */
  private static final class Features {
    private final char letter;
    private int[] hashes = new int[64];
    private float[][] weights = {new float[64]};
    private int size;
    private long round;

    /** So many of them are weighed. */
    private int weighed;

    private Features(char letter) {
      this.letter = letter;
    }

    private void start(long newRound, int sets) {
      round = newRound;
      size = 0;
      weighed = 0;
      if (weights.length < sets) {
        weights = new float[sets][hashes.length];
      }
    }

    private int add(int hash) {
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, 2 * size);
        for (int set = 0; set < weights.length; set++) {
          weights[set] = Arrays.copyOf(weights[set], 2 * size);
        }
      }
      hashes[size] = hash;
      return size++;
    }
  }

  /**
   * Takes the request whose shared features the groups hold in place of the one before.
   *
   * @param newSets offsets of the weight sets
   * @return false: it has more than {@value #MOST_PRODUCTS} products of what is shared, or the
   *     model has wildcards; its actions are to be scored without
   */
  boolean start(LinearScores scores, int[] newSets) {
    if (scores.isWild() || !products.start(scores, features, scores.written(), MOST_PRODUCTS)) {
      return false;
    }
    started = scores;
    sets = newSets;
    if (shared.length < sets.length) {
      shared = new float[sets.length];
      own = new float[ACTIONS * sets.length];
    }
    for (int i = 0; i < sets.length; i++) {
      shared[i] = scores.sum(features, sets[i]) + constant(scores, sets[i]);
    }
    ownCount = 0;
    for (char[] entry : scores.written()) {
      if (hasTwoOwn(entry, features.shared())) {
        if (ownCount == ownEntries.length) {
          ownEntries = Arrays.copyOf(ownEntries, 2 * ownCount);
        }
        ownEntries[ownCount++] = entry;
      }
    }
    forgetActions();
    forgetFeatures();
    return true;
  }

  private float constant(LinearScores scores, int set) {
    if (!features.hasConstant() || !scores.isLinear(FeatureGroups.CONSTANT_LETTER)) {
      return 0;
    }
    return scores.weight(features.indices()[0] ^ set) * features.values()[0];
  }

  private static boolean hasTwoOwn(char[] entry, GroupTable shared) {
    int count = 0;
    for (char letter : entry) {
      if (shared.of(letter) < 0) {
        count++;
      }
    }
    return count >= 2;
  }

  private void forgetActions() {
    actions = 0;
    runCount = 0;
    size = 0;
  }

  private void forgetFeatures() {
    letters = 0;
    round++;
    if ((round & ROUNDS_MASK) == 0) {
      // Keys hold the last bits alone. No letter is 0.
      Arrays.fill(keys, 0);
    }
  }

  /**
   * Takes in the action that the groups look at.
   *
   * @param place of its scores
   */
  void add(int place) {
    LinearScores scores = scores();
    if (sharesLetters()) {
      // Of products of its features with shared ones of the same letter each is taken once.
      for (int i = 0; i < sets.length; i++) {
        ranked.setScore(i, place, scores.score(features, sets[i]));
      }
      return;
    }
    GroupTable groups = features.table();
    for (int group = 0; group < groups.size(); group++) {
      if (!features.isShared(groups.start(group))) {
        addRun(ofLetter(groups.letter(group)), groups.start(group), groups.end(group));
      }
    }
    for (int i = 0; i < sets.length; i++) {
      float sum = 0;
      for (int entry = 0; entry < ownCount; entry++) {
        sum = scores.add(sum, features, ownEntries[entry], sets[i]);
      }
      own[actions * sets.length + i] = sum;
    }
    places[actions] = place;
    actionEnds[actions++] = runCount;
    if (actions == ACTIONS || size >= FEATURES) {
      score();
    }
  }

  private boolean sharesLetters() {
    GroupTable groups = features.table();
    for (int group = 0; group < groups.size(); group++) {
      if (!features.isShared(groups.start(group))
          && features.shared().of(groups.letter(group)) >= 0) {
        return true;
      }
    }
    return false;
  }

  private Features ofLetter(char letter) {
    Features ofLetter = byLetter[letter];
    if (ofLetter == null) {
      ofLetter = new Features(letter);
      byLetter[letter] = ofLetter;
    }
    if (ofLetter.round != round) {
      ofLetter.start(round, sets.length);
      used[letters++] = ofLetter;
    }
    return ofLetter;
  }

  private void addRun(Features ofLetter, int start, int end) {
    int count = end - start;
    if (ids.length - size < count) {
      int length = Math.max(2 * ids.length, size + count);
      ids = Arrays.copyOf(ids, length);
      values = Arrays.copyOf(values, length);
    }
    int[] indices = features.indices();
    long tag = (round << ROUND_SHIFT) | ((long) ofLetter.letter << LETTER_SHIFT);
    for (int i = 0; i < count; i++) {
      int hash = indices[start + i];
      long key = tag | (hash & HASH_MASK);
      int place = (hash * GOLDEN) >>> (Integer.SIZE - TABLE_BITS);
      if (keys[place] != key) {
        keys[place] = key;
        known[place] = ofLetter.add(hash);
      }
      ids[size + i] = known[place];
    }
    System.arraycopy(features.values(), start, values, size, count);
    size += count;
    if (runCount == runs.length) {
      runs = Arrays.copyOf(runs, 2 * runCount);
      runEnds = Arrays.copyOf(runEnds, 2 * runCount);
    }
    runs[runCount] = ofLetter;
    runEnds[runCount++] = size;
  }

  private LinearScores scores() {
    return requireNonNull(started, "no request was started");
  }

  /** Scores what was taken in. */
  void score() {
    LinearScores scores = scores();
    int different = 0;
    for (int i = 0; i < letters; i++) {
      weigh(scores, used[i]);
      different += used[i].size;
    }
    for (int i = 0; i < sets.length; i++) {
      int run = 0;
      int at = 0;
      for (int action = 0; action < actions; action++) {
        float sum = shared[i] + own[action * sets.length + i];
        for (; run < actionEnds[action]; run++) {
          sum = add(sum, runs[run].weights[i], at, runEnds[run]);
          at = runEnds[run];
        }
        ranked.setScore(i, places[action], sum * scores.contraction());
      }
    }
    forgetActions();
    if (different > MOST_KNOWN) {
      forgetFeatures();
    }
  }

  private float add(float sum, float[] weights, int start, int end) {
    float result = sum;
    for (int i = start; i < end; i++) {
      result += weights[ids[i]] * values[i];
    }
    return result;
  }

  private void weigh(LinearScores scores, Features some) {
    boolean linear = scores.isLinear(some.letter);
    for (int i = 0; i < sets.length; i++) {
      float[] weights = some.weights[i];
      for (int j = some.weighed; j < some.size; j++) {
        weights[j] = linear ? scores.weight(some.hashes[j] ^ sets[i]) : 0;
      }
      products.addSums(some.letter, some.hashes, some.weighed, some.size, sets[i], weights);
    }
    some.weighed = some.size;
  }
}
