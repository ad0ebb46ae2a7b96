package io.waggle.jobs.registry;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * What became of the versions, since the operator started: {@code versions_received = versions_kept
 * + versions_replaced + versions_failed + versions_waiting} whenever none is being written. Beside
 * them {@code versions_deleted} by the retention, and {@code registry_errors}: listings, pins and
 * deletions that failed. Any thread.
 */
final class RegistryCounts {
  final AtomicLong received = new AtomicLong();
  final AtomicLong kept = new AtomicLong();

  /** A newer version of the policy took their place before they were written. */
  final AtomicLong replaced = new AtomicLong();

  /** The file system refused them, or too much waited. */
  final AtomicLong failed = new AtomicLong();

  final AtomicLong deleted = new AtomicLong();
  final AtomicLong errors = new AtomicLong();

  void register(MetricGroup metrics, Gauge<Integer> waiting) {
    metrics.gauge("versions_received", (Gauge<Long>) received::get);
    metrics.gauge("versions_kept", (Gauge<Long>) kept::get);
    metrics.gauge("versions_replaced", (Gauge<Long>) replaced::get);
    metrics.gauge("versions_failed", (Gauge<Long>) failed::get);
    metrics.gauge("versions_waiting", waiting);
    metrics.gauge("versions_deleted", (Gauge<Long>) deleted::get);
    metrics.gauge("registry_errors", (Gauge<Long>) errors::get);
  }
}
