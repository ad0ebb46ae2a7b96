package io.waggle.jobs.session;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.SurfaceCounts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counts per surface that are part of the checkpoint, so that what was counted is what the state
 * holds, also after a crash. Shown as gauges with the label {@code surface}. One writer, the task;
 * the reporter reads from its own thread.
 *
 * <p>Over a change of parallelism each saved entry goes to exactly one subtask, which adds it to
 * its own, so sums over the subtasks hold.
 */
public final class SurfaceCounters {
  private final List<String> names;
  private final Map<String, Map<String, AtomicLong>> counters = new LinkedHashMap<>();

  /** All counts of all surfaces, at 0. */
  public SurfaceCounters(Surfaces surfaces, List<String> names) {
    this.names = List.copyOf(names);
    for (Surface surface : surfaces.all()) {
      counters.put(surface.name(), zeros());
    }
  }

  private Map<String, AtomicLong> zeros() {
    Map<String, AtomicLong> zeros = new LinkedHashMap<>();
    for (String name : names) {
      zeros.put(name, new AtomicLong());
    }
    return zeros;
  }

  /** Shows every count as a gauge under the operator's group. */
  public void register(MetricGroup operator) {
    counters.forEach(
        (surface, counts) -> {
          MetricGroup group = operator.addGroup("surface", surface);
          counts.forEach((name, count) -> group.<Long, Gauge<Long>>gauge(name, count::get));
        });
  }

  /** One more; the surface is a configured one. */
  public void increment(String surface, String name) {
    counter(surface, name).incrementAndGet();
  }

  /** A count as it stands. */
  public long count(String surface, String name) {
    return counter(surface, name).get();
  }

  private AtomicLong counter(String surface, String name) {
    Map<String, AtomicLong> counts = counters.get(surface);
    AtomicLong counter = counts == null ? null : counts.get(name);
    if (counter == null) {
      throw new IllegalArgumentException("no count " + name + " of surface " + surface);
    }
    return counter;
  }

  /**
   * Adds saved counts; those of a surface that is no longer configured are kept and saved again.
   */
  public void restore(Iterable<SurfaceCounts> saved) {
    for (SurfaceCounts entry : saved) {
      Map<String, AtomicLong> counts =
          counters.computeIfAbsent(entry.getSurface(), surface -> zeros());
      entry
          .getCountsMap()
          .forEach(
              (name, count) ->
                  counts.computeIfAbsent(name, unknown -> new AtomicLong()).addAndGet(count));
    }
  }

  /** What is to be saved, one entry per surface. */
  public List<SurfaceCounts> save() {
    List<SurfaceCounts> saved = new ArrayList<>(counters.size());
    counters.forEach(
        (surface, counts) -> {
          SurfaceCounts.Builder entry = SurfaceCounts.newBuilder().setSurface(surface);
          counts.forEach((name, count) -> entry.putCounts(name, count.get()));
          saved.add(entry.build());
        });
    return saved;
  }
}
