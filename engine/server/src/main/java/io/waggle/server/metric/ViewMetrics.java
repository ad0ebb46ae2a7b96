package io.waggle.server.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** The counters of one local copy of a topic. */
public final class ViewMetrics {
  private final Counter records;
  private final Counter resets;
  private final Counter unreadable;

  ViewMetrics(MeterRegistry registry, String view) {
    Tags tags = Tags.of("view", view);
    records = registry.counter("waggle.view.records", tags);
    resets = registry.counter("waggle.view.resets", tags);
    unreadable = registry.counter("waggle.view.unreadable", tags);
  }

  /** Records were applied. */
  public void applied(int count) {
    records.increment(count);
  }

  /** The copy was emptied and is being read again. */
  public void reset() {
    resets.increment();
  }

  /** A value of the topic could not be read. */
  public void unreadable() {
    unreadable.increment();
  }

  /** Values that could not be read, so far. */
  public long unreadableCount() {
    return (long) unreadable.count();
  }
}
