package io.waggle.app.dashboard;

import io.waggle.app.report.Scale;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Places of a grid's moments, and the times of day worth naming. Immutable. */
final class TimeAxis {
  private static final int MOST_TICKS = 6;
  private static final long[] STEPS = {
    15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400
  };
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final TimeGrid grid;
  private final Scale scale;

  TimeAxis(TimeGrid grid, double from, double to) {
    this.grid = grid;
    scale = Scale.of((double) grid.startSeconds(), (double) grid.endSeconds(), from, to);
  }

  /**
   * A word at a place.
   *
   * @param place along the axis
   */
  record Tick(double place, String text) {}

  /** The place of the grid's moment of that number; the one behind the last is at the end. */
  double at(int index) {
    return scale.at((double) (grid.startSeconds() + index * grid.stepSeconds()));
  }

  /** Round times of day, UTC. */
  List<Tick> ticks() {
    long range = grid.endSeconds() - grid.startSeconds();
    long step = STEPS[STEPS.length - 1] * (1 + range / STEPS[STEPS.length - 1] / MOST_TICKS);
    for (int i = STEPS.length - 1; i >= 0 && range / STEPS[i] <= MOST_TICKS; i--) {
      step = STEPS[i];
    }
    List<Tick> ticks = new ArrayList<>();
    long first = (grid.startSeconds() + step - 1) / step * step;
    for (long at = first; at <= grid.endSeconds(); at += step) {
      ticks.add(
          new Tick(
              scale.at((double) at),
              (step < 60 ? SECONDS : CLOCK).format(Instant.ofEpochSecond(at))));
    }
    return ticks;
  }
}
