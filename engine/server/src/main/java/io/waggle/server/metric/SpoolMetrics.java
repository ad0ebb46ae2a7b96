package io.waggle.server.metric;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * What became of decisions on their way to Kafka. Any thread.
 *
 * <p>Whenever nothing is under way:
 *
 * <pre>
 * waggle_rank_requests_total{outcome="ok"} + waggle_decisions_recovered_total
 *     = waggle_decisions_logged_total + waggle_decisions_dropped_total + waggle_decisions_pending
 * </pre>
 *
 * <ul>
 *   <li>{@code waggle_decisions_logged_total}, {@code _dropped_total}, {@code _pending}: Kafka has
 *       it; no room, or Kafka will never take it; in memory or in the spool
 *   <li>{@code waggle_decisions_recovered_total}: found in the spool at the start
 *   <li>{@code waggle_spool_bytes}: what its files take
 *   <li>{@code waggle_spool_oldest_seconds}: age of the oldest decision that Kafka has not
 *   <li>{@code waggle_spool_cut_bytes_total}: torn by a crash, cut off at the start
 *   <li>{@code waggle_spool_failures_total}: times the disk did not take or give a record
 * </ul>
 */
public final class SpoolMetrics {
  private final MeterRegistry registry;
  private final Counter logged;
  private final Counter dropped;
  private final Counter recovered;
  private final Counter cutBytes;
  private final Counter failures;
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong oldestMillis = new AtomicLong();

  public SpoolMetrics(MeterRegistry registry, InstantSource clock) {
    this.registry = registry;
    logged = registry.counter("waggle.decisions.logged");
    dropped = registry.counter("waggle.decisions.dropped");
    recovered = registry.counter("waggle.decisions.recovered");
    cutBytes = registry.counter("waggle.spool.cut.bytes");
    failures = registry.counter("waggle.spool.failures");
    gauge("waggle.decisions.pending", pending, AtomicLong::get);
    gauge("waggle.spool.oldest.seconds", oldestMillis, oldest -> age(oldest.get(), clock));
  }

  private static double age(long millis, InstantSource clock) {
    return millis == 0 ? 0 : Math.max(0, clock.millis() - millis) / 1_000.0;
  }

  private <T> void gauge(String name, T owner, ToDoubleFunction<T> value) {
    Gauge.builder(name, owner, value).strongReference(true).register(registry);
  }

  /** Shows what the spool's files take. */
  public <T> void watchBytes(T spool, ToDoubleFunction<T> bytes) {
    gauge("waggle.spool.bytes", spool, bytes);
  }

  /**
   * What another process left.
   *
   * @param oldestMillisFound event time of the oldest, milliseconds since 1970 UTC; 0: none
   * @param bytesCut torn by a crash
   */
  public void found(long records, long oldestMillisFound, long bytesCut) {
    recovered.increment((double) records);
    pending.addAndGet(records);
    oldestMillis.set(oldestMillisFound);
    cutBytes.increment((double) bytesCut);
  }

  /** A decision is on its way. */
  public void pendingOne() {
    pending.incrementAndGet();
  }

  /** A decision that was on its way is in Kafka, or will never be. */
  public void finished(boolean written) {
    (written ? logged : dropped).increment();
    pending.decrementAndGet();
  }

  /** There was no room for a decision. */
  public void dropped() {
    finished(false);
  }

  /** The disk did not take or give a record. */
  public void diskFailed() {
    failures.increment();
  }

  /** Event time of the oldest decision that Kafka has not; 0: there is none. */
  public void oldestWaiting(long eventTimeMillis) {
    oldestMillis.set(eventTimeMillis);
  }

  /** Decisions that Kafka has. */
  public long loggedCount() {
    return (long) logged.count();
  }

  /** Decisions lost. */
  public long droppedCount() {
    return (long) dropped.count();
  }

  /** Decisions on their way. */
  public long pending() {
    return pending.get();
  }
}
