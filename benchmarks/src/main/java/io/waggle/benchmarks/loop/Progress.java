package io.waggle.benchmarks.loop;

import io.waggle.app.report.LiveScreen;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * How far a step is, on the standard error stream: done, of how many, the rate since the step
 * began, the time left at that rate. One thread.
 */
public final class Progress {
  private static final long LINE_EVERY_MILLIS = 5_000;

  /** A rate so soon says nothing. */
  private static final long QUIET_NANOS = 2_000_000_000L;

  private final LiveScreen screen =
      new LiveScreen(
          new PrintWriter(System.err, true, StandardCharsets.UTF_8), false, LINE_EVERY_MILLIS);
  private String step = "";
  private long all = 1;
  private long startedNanos;

  /** A new step of so many things. */
  public void begin(String name, long things) {
    step = name;
    all = Math.max(1, things);
    startedNanos = System.nanoTime();
    screen.say(name + " ...");
  }

  /** So many of them are done. */
  public void done(long things) {
    long now = System.nanoTime();
    if (now - startedNanos < QUIET_NANOS) {
      return;
    }
    String line = line(step, things, all, (now - startedNanos) / 1e9);
    screen.show(List.of(line), line, now);
  }

  /** A line above whatever is shown next. */
  public void say(String line) {
    screen.say(line);
  }

  static String line(String step, long done, long all, double seconds) {
    double rate = seconds > 0 ? done / seconds : 0;
    return String.format(
        Locale.ROOT,
        "%s: %,d of %,d (%.0f %%), %,.0f/s, %s left",
        step,
        done,
        all,
        100.0 * done / all,
        rate,
        rate > 0 ? Math.round((all - done) / rate) + " s" : "unknown time");
  }
}
