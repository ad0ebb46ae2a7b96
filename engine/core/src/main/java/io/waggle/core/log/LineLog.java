package io.waggle.core.log;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A log of lines, read one at a time: memory does not grow with the file. One thread. */
final class LineLog implements DecisionLog {
  private final LogLines lines;
  private final LineFormat format;
  private final JoinedRules rules = new JoinedRules();
  private final LogTally tally = new LogTally();

  private LineLog(LogLines lines, LineFormat format) {
    this.lines = lines;
    this.format = format;
  }

  static LineLog open(Path file, LineFormat format) throws IOException {
    return new LineLog(LogLines.open(file), format);
  }

  @Override
  public @Nullable LoggedDecision next() throws IOException {
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (lines.wasTooLong()) {
        tally.bad("line: longer than " + (LogLines.LINE_BYTES_MAX >> 20) + " MiB");
      } else if (!isBlank(line)) {
        LoggedDecision decision = decision(line);
        if (decision != null) {
          return decision;
        }
      }
    }
    return null;
  }

  private @Nullable LoggedDecision decision(byte[] line) {
    try {
      LoggedDecision decision = format.decision(line, lines.number());
      String problem = rules.problem(decision.joined());
      if (problem == null) {
        tally.decision();
        return decision;
      }
      tally.bad(problem);
    } catch (UnusableLineException e) {
      if (e.isBad()) {
        tally.bad(e.reason());
      } else {
        tally.passedOver(e.reason());
      }
    }
    return null;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b < 0 || b > ' ') {
        return false;
      }
    }
    return true;
  }

  @Override
  public double progress() {
    return lines.progress();
  }

  @Override
  public LogCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
