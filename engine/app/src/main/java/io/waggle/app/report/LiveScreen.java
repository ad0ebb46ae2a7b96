package io.waggle.app.report;

import java.io.PrintWriter;
import java.util.List;

/**
 * Shows a few lines that change: redrawn in place on a terminal, elsewhere one short line now and
 * then. One thread.
 */
public final class LiveScreen {
  private static final String UP_ONE_LINE_AND_CLEAR = "\u001b[1A\u001b[2K";

  private final PrintWriter out;
  private final boolean terminal;
  private final long lineEveryNanos;
  private int drawnLines;
  private long lastLineNanos;
  private boolean begun;

  /**
   * A screen.
   *
   * @param terminal false: no control characters, one line every {@code lineEveryMillis}
   */
  public LiveScreen(PrintWriter out, boolean terminal, long lineEveryMillis) {
    this.out = out;
    this.terminal = terminal;
    this.lineEveryNanos = lineEveryMillis * 1_000_000;
  }

  /** Shows the lines, or the one short line where there is no terminal and it is time for one. */
  public void show(List<String> lines, String shortLine, long nowNanos) {
    if (terminal) {
      out.print(UP_ONE_LINE_AND_CLEAR.repeat(drawnLines));
      lines.forEach(out::println);
      drawnLines = lines.size();
    } else if (!begun || nowNanos - lastLineNanos >= lineEveryNanos) {
      out.println(shortLine);
      begun = true;
      lastLineNanos = nowNanos;
    }
    out.flush();
  }

  /** Prints a line above whatever is shown next. */
  public void say(String line) {
    out.println(line);
    out.flush();
    drawnLines = 0;
  }
}
