package io.waggle.server.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waggle.server.metric.SpoolMetrics;
import io.waggle.v1.Decision;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes decisions without making the caller wait and writes them to the spool's files with a thread
 * of its own, as many at a time as have come. While the disk does not take them it tries again each
 * second and they wait in memory. Any number of callers.
 */
final class SpoolAppender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolAppender.class);
  private static final int BATCH_RECORDS = 512;
  private static final long BATCH_BYTES = 1 << 20;
  private static final long DISK_PAUSE_MILLIS = 1_000;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  /** What a decision is charged beside its bytes and its id. */
  private static final int OVERHEAD_BYTES = 64;

  private final Spool spool;
  private final Function<Decision, byte[]> serializer;
  private final long maxQueueBytes;
  private final long maxBytes;
  private final SpoolMetrics metrics;
  private final AtomicLong queueBytes = new AtomicLong();
  // INVARIANT: bounded by `maxQueueBytes`, of which each element takes its share before it gets in.
  private final BlockingQueue<Decision> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Starts.
   *
   * @param serializer called by this one's thread, once for each decision
   * @param maxQueueBytes bound of what waits in memory
   * @param maxBytes bound of that and the files together
   */
  SpoolAppender(
      Spool spool,
      Function<Decision, byte[]> serializer,
      long maxQueueBytes,
      long maxBytes,
      SpoolMetrics metrics) {
    this.spool = spool;
    this.serializer = serializer;
    this.maxQueueBytes = maxQueueBytes;
    this.maxBytes = maxBytes;
    this.metrics = metrics;
    this.thread = new Thread(this::run, "waggle-spool-write");
    thread.setDaemon(true);
    thread.start();
  }

  /** Takes a decision; false: it does not fit, or this is closed. */
  boolean offer(Decision decision) {
    long size = bytes(decision);
    if (closed) {
      return false;
    }
    long waiting = queueBytes.addAndGet(size);
    if (waiting > maxQueueBytes || waiting + spool.bytes() > maxBytes) {
      queueBytes.addAndGet(-size);
      return false;
    }
    queue.add(decision);
    return true;
  }

  private static long bytes(Decision decision) {
    return (long) decision.getSerializedSize() + decision.getDecisionId().length() + OVERHEAD_BYTES;
  }

  private void run() {
    try {
      while (!closed || !queue.isEmpty()) {
        Decision first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          write(batch(first));
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("Stopped with {} decisions that are not in the spool", queue.size());
    }
  }

  private List<Decision> batch(Decision first) {
    List<Decision> batch = new ArrayList<>();
    long size = 0;
    @Nullable Decision next = first;
    while (next != null) {
      batch.add(next);
      size += bytes(next);
      next = batch.size() < BATCH_RECORDS && size < BATCH_BYTES ? queue.poll() : null;
    }
    return batch;
  }

  private void write(List<Decision> batch) throws InterruptedException {
    List<SpoolRecord> records = batch.stream().map(this::record).toList();
    boolean written = false;
    while (!written) {
      try {
        spool.append(records);
        written = true;
      } catch (IOException e) {
        metrics.diskFailed();
        LOG.error("The spool does not take decisions, which wait in memory: {}", e.toString());
        Thread.sleep(DISK_PAUSE_MILLIS);
      }
    }
    batch.forEach(decision -> queueBytes.addAndGet(-bytes(decision)));
  }

  private SpoolRecord record(Decision decision) {
    return new SpoolRecord(
        decision.getEventTimeMillis(),
        decision.getDecisionId().getBytes(UTF_8),
        serializer.apply(decision));
  }

  /** Takes no more and writes what it took; gives up on a disk that does not take it in 5 s. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
      thread.interrupt();
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
