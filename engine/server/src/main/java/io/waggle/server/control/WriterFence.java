package io.waggle.server.control;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.waggle.server.metric.ServerMetrics;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which learning job's records this service takes: those of the largest epoch that topic control
 * put in charge, and larger ones. What a job of a smaller epoch still writes, or wrote before and
 * comes only now, is refused and counted. Models are also taken in the order of their versions
 * alone, so a service that has not read control yet does not go back either. Any thread.
 */
public final class WriterFence {
  private final AtomicLong epoch = new AtomicLong();
  private final AtomicLong stale = new AtomicLong();
  private final Counter refused;

  public WriterFence(ServerMetrics metrics) {
    refused = metrics.staleRecords();
    metrics.gauge("waggle.writer.epoch", Tags.empty(), epoch, AtomicLong::get);
  }

  /** An epoch was put in charge. */
  public void inCharge(long said) {
    epoch.accumulateAndGet(said, Math::max);
  }

  /** Topic control begins anew. */
  public void reset() {
    epoch.set(0);
  }

  /** True: a record of that epoch counts; false: it is refused, and counted. */
  public boolean admits(long ofRecord) {
    if (ofRecord >= epoch.get()) {
      return true;
    }
    stale.incrementAndGet();
    refused.increment();
    return false;
  }

  /** The epoch in charge; 0: none was put in charge. */
  public long epoch() {
    return epoch.get();
  }

  /** Records refused so far. */
  public long stale() {
    return stale.get();
  }
}
