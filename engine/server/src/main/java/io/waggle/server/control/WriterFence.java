package io.waggle.server.control;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.state.model.WriterClaims;
import io.waggle.v1.WriterClaim;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which learning job's records this service takes: those of the largest epoch that topic control
 * put in charge, and larger ones; of an epoch those of the job that holds it ({@link
 * WriterClaims}). What a job of a smaller epoch or another job of the same still writes, or wrote
 * before and comes only now, is refused and counted. Models are also taken in the order of their
 * versions alone, so a service that has not read control yet does not go back either. Any thread.
 */
public final class WriterFence {
  private final AtomicLong epoch = new AtomicLong();
  private final AtomicLong stale = new AtomicLong();
  private final Counter refused;
  private final AtomicLong rivals = new AtomicLong();
  private final Counter refusedRivals;
  private final ConcurrentMap<Long, WriterClaim> holders = new ConcurrentHashMap<>();

  public WriterFence(ServerMetrics metrics) {
    refused = metrics.staleRecords();
    refusedRivals = metrics.rivalRecords();
    metrics.gauge("waggle.writer.epoch", Tags.empty(), epoch, AtomicLong::get);
  }

  /** An epoch was put in charge. */
  public void inCharge(long said) {
    long now = epoch.accumulateAndGet(said, Math::max);
    holders.keySet().removeIf(each -> each < now);
  }

  /** A job said that it holds its epoch. */
  public void claimed(WriterClaim claim) {
    if (claim.getEpoch() >= epoch.get()) {
      holders.merge(
          claim.getEpoch(), claim, (held, said) -> WriterClaims.givesWay(held, said) ? said : held);
    }
  }

  /** Topic control begins anew. */
  public void reset() {
    epoch.set(0);
    holders.clear();
  }

  /**
   * True: a record counts; false: it is refused, and counted.
   *
   * @param ofRecord its epoch
   * @param writer who wrote it; the default: it does not say
   */
  public boolean admits(long ofRecord, WriterClaim writer) {
    if (ofRecord < epoch.get()) {
      stale.incrementAndGet();
      refused.increment();
      return false;
    }
    WriterClaim holder = holders.get(ofRecord);
    if (holder != null && writer.hasRun() && WriterClaims.givesWay(writer, holder)) {
      rivals.incrementAndGet();
      refusedRivals.increment();
      return false;
    }
    return true;
  }

  /** The epoch in charge; 0: none was put in charge. */
  public long epoch() {
    return epoch.get();
  }

  /** Records of smaller epochs refused so far. */
  public long stale() {
    return stale.get();
  }

  /** Records refused so far because another job holds their epoch. */
  public long rivals() {
    return rivals.get();
  }
}
