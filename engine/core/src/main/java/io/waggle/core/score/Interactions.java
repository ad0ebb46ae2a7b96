package io.waggle.core.score;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which groups of features are multiplied, as VW 9.3.0 reads {@code -q}, {@code --cubic} and {@code
 * --interactions} ({@code interactions.h}, {@code parse_args.cc}): sorted by length and letters, of
 * entries that hold the same letters the first kept, one with a repeated and another letter sorted.
 * {@code :} stands for every letter from space to {@code ~} that is there. Pure.
 */
public final class Interactions {
  private static final char WILDCARD = ':';
  private static final char LAST_WILD = '~';
  private static final char NONE = 0;

  /** With so many wildcards in an entry, or fewer, their letters ascend. */
  private static final int MOST_ASCENDING = 2;

  private Interactions() {}

  /** The entries of a command line, wildcards kept. */
  public static List<String> of(LearnerOptions options) {
    List<String> entries = new ArrayList<>();
    entries.addAll(options.all("--quadratic"));
    entries.addAll(options.all("--cubic"));
    entries.addAll(options.all("--interactions"));
    return tidy(entries);
  }

  /** The entries for a line with these letters: wildcards become letters. */
  public static List<String> forLetters(List<String> entries, Set<Character> letters) {
    if (!areWild(entries)) {
      return entries;
    }
    List<String> expanded = new ArrayList<>();
    for (String entry : entries) {
      boolean descending = entry.chars().filter(c -> c == WILDCARD).count() > MOST_ASCENDING;
      expand("", entry, letters, descending ? LAST_WILD : NONE, expanded);
    }
    return tidy(expanded);
  }

  /** True: some entry has a wildcard. */
  static boolean areWild(List<String> entries) {
    return entries.stream().anyMatch(entry -> entry.indexOf(WILDCARD) >= 0);
  }

  /**
   * The entries of a learner that fills slots: each also with the letter of the slot's index, and
   * that letter with every other.
   */
  public static List<String> withSlotIndex(List<String> entries, char slotLetter) {
    List<String> all = new ArrayList<>(entries);
    entries.forEach(entry -> all.add(entry + slotLetter));
    all.add("" + WILDCARD + slotLetter);
    return tidy(all);
  }

  /**
   * @param most no later wildcard stands for a letter above: with three or more wildcards VW makes
   *     the tuples whose letters descend; {@link #NONE}: all tuples, of which {@link #tidy} keeps
   *     those that ascend
   */
  private static void expand(
      String done, String rest, Set<Character> letters, char most, List<String> into) {
    if (rest.isEmpty()) {
      into.add(done);
    } else if (rest.charAt(0) != WILDCARD) {
      expand(done + rest.charAt(0), rest.substring(1), letters, most, into);
    } else {
      for (char letter : letters) {
        if (letter <= LAST_WILD && (most == NONE || letter <= most)) {
          expand(done + letter, rest.substring(1), letters, most == NONE ? NONE : letter, into);
        }
      }
    }
  }

  private static List<String> tidy(List<String> entries) {
    Set<String> seen = new HashSet<>();
    return entries.stream()
        .sorted(comparing(String::length).thenComparing(Comparator.naturalOrder()))
        .filter(entry -> seen.add(sorted(entry)))
        .map(entry -> mixesRepeated(entry) ? sorted(entry) : entry)
        .toList();
  }

  private static boolean mixesRepeated(String entry) {
    long different = entry.chars().distinct().count();
    return different > 1 && different < entry.length();
  }

  private static String sorted(String entry) {
    char[] letters = entry.toCharArray();
    Arrays.sort(letters);
    return new String(letters);
  }
}
