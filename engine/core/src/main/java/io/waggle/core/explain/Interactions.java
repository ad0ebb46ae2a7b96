package io.waggle.core.explain;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which groups of features are multiplied, as VW 9.3.0 reads {@code -q}, {@code --cubic} and {@code
 * --interactions} ({@code interactions.h}, {@code parse_args.cc}): sorted by length and letters, of
 * entries that hold the same letters the first kept, one with a repeated and another letter sorted.
 * {@code :} stands for every letter from space to {@code ~} that is there. Pure.
 */
final class Interactions {
  private static final char WILDCARD = ':';
  private static final char LAST_WILD = '~';

  private Interactions() {}

  /** The entries of a command line, wildcards kept. */
  static List<String> of(LearnerOptions options) {
    List<String> entries = new ArrayList<>();
    entries.addAll(options.all("--quadratic"));
    entries.addAll(options.all("--cubic"));
    entries.addAll(options.all("--interactions"));
    return tidy(entries);
  }

  /** The entries for a line with these letters: wildcards become letters. */
  static List<String> forLetters(List<String> entries, Set<Character> letters) {
    if (entries.stream().noneMatch(entry -> entry.indexOf(WILDCARD) >= 0)) {
      return entries;
    }
    List<String> expanded = new ArrayList<>();
    for (String entry : entries) {
      expand("", entry, new TreeSet<>(letters), expanded);
    }
    return tidy(expanded);
  }

  private static void expand(String done, String rest, Set<Character> letters, List<String> into) {
    if (rest.isEmpty()) {
      into.add(done);
    } else if (rest.charAt(0) != WILDCARD) {
      expand(done + rest.charAt(0), rest.substring(1), letters, into);
    } else {
      for (char letter : letters) {
        if (letter <= LAST_WILD) {
          expand(done + letter, rest.substring(1), letters, into);
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
