package io.waggle.app.evaluate;

import io.waggle.app.report.LiveScreen;
import io.waggle.core.log.LogCounts;
import java.util.List;
import java.util.Locale;

/** Shows how far a pass over the log is: share, rate, time left, bad records. One thread. */
final class EvaluationProgress {
  private final LiveScreen screen;
  private final String pass;
  private final long startNanos = System.nanoTime();

  /**
   * A pass begins.
   *
   * @param pass what it does, for people
   */
  EvaluationProgress(LiveScreen screen, String pass) {
    this.screen = screen;
    this.pass = pass;
  }

  void show(double share, LogCounts counts, int candidatesLeft) {
    long nowNanos = System.nanoTime();
    double seconds = Math.max(1e-3, (nowNanos - startNanos) / 1e9);
    long bad = counts.bad().values().stream().mapToLong(Long::longValue).sum();
    String line =
        String.format(
            Locale.ROOT,
            "waggle: %s  %3.0f %%  %d decisions  %.0f/s  %s left  %s%d bad",
            pass,
            100 * share,
            counts.decisions(),
            counts.decisions() / seconds,
            share == 0 ? "-" : "%.0f s".formatted(seconds * (1 - share) / share),
            candidatesLeft == 0 ? "" : candidatesLeft + " candidates  ",
            bad);
    screen.show(List.of(line), line, nowNanos);
  }

  /** Since the pass began. */
  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
