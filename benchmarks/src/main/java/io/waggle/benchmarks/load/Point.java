package io.waggle.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * A way at a rate, all turns.
 *
 * @param turns at least one
 */
record Point(Way way, int rate, List<Turn.Seen> turns) {
  Point {
    turns = List.copyOf(turns);
  }

  /** With one more turn. */
  Point and(Turn.Seen turn) {
    List<Turn.Seen> all = new ArrayList<>(turns);
    all.add(turn);
    return new Point(way, rate, all);
  }

  /** All turns as one. */
  Turn.Seen together() {
    Histogram all = turns.get(0).latency().copy();
    long failed = 0;
    long shed = 0;
    for (Turn.Seen turn : turns) {
      failed += turn.failed();
      shed += turn.shed();
    }
    turns.stream().skip(1).forEach(turn -> all.add(turn.latency()));
    String firstFailure =
        turns.stream()
            .map(Turn.Seen::firstFailure)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    return new Turn.Seen(all, failed, shed, firstFailure);
  }

  /** For a result file: all turns as one, and each turn's percentiles as what they spread over. */
  Map<String, Object> figures() {
    Turn.Seen all = together();
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("scenario", way.text());
    figures.put("rate", rate);
    figures.put("answered", all.answered());
    figures.put("failed", all.failed());
    figures.put("shed", all.shed());
    figures.putAll(percentiles(all));
    if (all.firstFailure() != null) {
      figures.put("first_failure", all.firstFailure());
    }
    figures.put("turns", turns.stream().map(Point::percentiles).toList());
    return figures;
  }

  private static Map<String, Object> percentiles(Turn.Seen seen) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("p50_ms", seen.millis(50));
    figures.put("p90_ms", seen.millis(90));
    figures.put("p99_ms", seen.millis(99));
    figures.put("p999_ms", seen.millis(99.9));
    figures.put("max_ms", seen.millis(100));
    return figures;
  }
}
