package io.waggle.app.rebuild;

import java.util.List;

/**
 * What came of a rebuild.
 *
 * @param lines for people: what was compared, where it differs, or what is missing
 */
public record RebuildReport(Outcome outcome, List<String> lines) {
  /** How it ended. */
  public enum Outcome {
    /** The same bytes. */
    EQUAL,
    /** Other bytes. */
    DIFFERENT,
    /** Something that it takes is not there (any more). */
    MISSING
  }

  public RebuildReport {
    lines = List.copyOf(lines);
  }
}
