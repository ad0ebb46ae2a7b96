package io.waggle.core.score;

import java.util.Arrays;

/**
 * Where the features of one action lie: a stretch of the arrays of {@link FeatureGroups} for each
 * letter, in VW's order of groups. Reused. One thread.
 */
final class GroupTable {
  /** Most groups: as many as letters of either case, the constant and a slot's index. */
  static final int MOST = 54;

  private static final int LETTERS = 256;
  private static final int ABSENT = -1;

  private final char[] letters = new char[MOST];
  private final int[] starts = new int[MOST];
  private final int[] ends = new int[MOST];
  private final byte[] ofLetter = new byte[LETTERS];
  private int size;

  GroupTable() {
    Arrays.fill(ofLetter, (byte) ABSENT);
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      ofLetter[letters[i]] = ABSENT;
    }
    size = 0;
  }

  void add(char letter, int start, int end) {
    letters[size] = letter;
    starts[size] = start;
    ends[size] = end;
    ofLetter[letter] = (byte) size++;
  }

  /** Puts a group elsewhere. */
  void move(int group, int start, int end) {
    starts[group] = start;
    ends[group] = end;
  }

  int size() {
    return size;
  }

  char letter(int group) {
    return letters[group];
  }

  int start(int group) {
    return starts[group];
  }

  int end(int group) {
    return ends[group];
  }

  /** The group of a letter; negative: there is none. */
  int of(char letter) {
    return ofLetter[letter];
  }

  /** True: the same letters in the same order. */
  boolean hasLettersOf(GroupTable other) {
    return size == other.size && Arrays.equals(letters, 0, size, other.letters, 0, size);
  }
}
