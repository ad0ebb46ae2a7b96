package io.waggle.benchmarks.load;

import io.waggle.benchmarks.loop.Progress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Takes the rates one after another; at each the ways take turns, so that a slow spell of the
 * machine does not fall on one alone. A way that is past its knee is left out of the higher rates.
 * Sends from one thread.
 */
final class LoadRun {
  /** Fast, so that the compiler is through with what it has seen often sooner. */
  private static final int WARM_UP_RATE = 1_000;

  private final Plan plan;
  private final Callers callers;
  private final Progress progress;
  private final Map<Way, List<Point>> points = new EnumMap<>(Way.class);

  LoadRun(Plan plan, Callers callers, Progress progress) {
    this.plan = plan;
    this.callers = callers;
    this.progress = progress;
  }

  /** Warms up, measures; each way's points by growing rate. */
  Map<Way, List<Point>> run() throws Exception {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(plan.maxSeconds());
    warmUp();
    List<Way> left = new ArrayList<>(plan.ways());
    for (int rate : plan.rates()) {
      long neededNanos =
          TimeUnit.SECONDS.toNanos((long) plan.seconds() * plan.turns() * left.size());
      if (System.nanoTime() + neededNanos > endNanos) {
        progress.say("no time is left for " + rate + "/s and above (--max-seconds)");
        break;
      }
      measure(left, rate);
      left.removeIf(way -> Knee.of(pointsOf(way)).reached());
      if (left.isEmpty()) {
        break;
      }
    }
    return points;
  }

  private void warmUp() throws Exception {
    for (Way way : plan.ways()) {
      if (plan.warmUpSeconds() > 0) {
        progress.say("warming up " + way.text());
        var unused = Turn.run(callers.of(way), WARM_UP_RATE, plan.warmUpSeconds(), plan.inFlight());
      }
    }
  }

  private void measure(List<Way> ways, int rate) throws Exception {
    Map<Way, Point> measured = new EnumMap<>(Way.class);
    for (int turn = 0; turn < plan.turns(); turn++) {
      for (Way way : ways) {
        Turn.Seen seen = Turn.run(callers.of(way), rate, plan.seconds(), plan.inFlight());
        Point before = measured.get(way);
        measured.put(way, before == null ? new Point(way, rate, List.of(seen)) : before.and(seen));
      }
    }
    for (Way way : ways) {
      Point point = measured.get(way);
      if (point != null) {
        pointsOf(way).add(point);
        progress.say(LoadReport.line(point));
      }
    }
  }

  private List<Point> pointsOf(Way way) {
    return points.computeIfAbsent(way, missing -> new ArrayList<>());
  }
}
