package io.waggle.server.log;

import io.waggle.server.metric.SpoolMetrics;
import io.waggle.v1.Decision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.kafka.clients.producer.Producer;

/**
 * The way of decisions to Kafka: into a queue in memory, from there to files, from there to the
 * topic. While Kafka is away they wait in the files, also over the end of the process.
 *
 * <pre>
 * offer ─▶ queue ─▶ (appender's thread) ─▶ files ─▶ (sender's thread) ─▶ Kafka
 *        bounded                         bounded
 * </pre>
 *
 * A decision may reach the topic twice: when the process is killed after Kafka took it and before
 * that was noted. The join knows it by its id.
 */
public final class SpooledDecisions implements AutoCloseable {
  private static final long LARGEST_SEGMENT_BYTES = 16 << 20;

  /** At least so many files at the bound: each is freed when all of it was sent. */
  private static final int SEGMENTS = 16;

  private final Spool spool;
  private final SpoolAppender appender;
  private final SpoolSender sender;

  /**
   * Opens the spool and sends what another process left there.
   *
   * @param serializer called once for each decision that is taken, by one thread, before it is
   *     written to a file
   * @param producer owned from now on
   * @param maxQueueBytes decisions in memory; at the bound they are refused
   * @param maxBytes these and the files; at the bound they are refused
   * @throws UncheckedIOException when the directory is another process's, or cannot be used
   */
  public SpooledDecisions(
      Path directory,
      Function<Decision, byte[]> serializer,
      Producer<byte[], byte[]> producer,
      long maxQueueBytes,
      long maxBytes,
      SpoolMetrics metrics) {
    try {
      spool = Spool.open(directory, segmentBytes(maxBytes));
    } catch (IOException e) {
      producer.close();
      throw new UncheckedIOException(
          "spoolDirectory: %s (expected: a directory of this service: %s)"
              .formatted(directory.toAbsolutePath(), e.getMessage()),
          e);
    }
    metrics.found(spool.recordsFound(), spool.oldestFoundMillis(), spool.cutBytes());
    metrics.watchBytes(spool, Spool::bytes);
    appender = new SpoolAppender(spool, serializer, maxQueueBytes, maxBytes, metrics);
    sender = new SpoolSender(spool, producer, metrics);
  }

  private static long segmentBytes(long maxBytes) {
    return Math.min(LARGEST_SEGMENT_BYTES, maxBytes / SEGMENTS);
  }

  /** Takes a decision and returns at once; false: it does not fit, or this is closed. */
  boolean offer(Decision decision) {
    return appender.offer(decision);
  }

  /** Takes no more; what is not sent within a second waits in the files for the next start. */
  @Override
  public void close() {
    appender.close();
    sender.close();
    try {
      spool.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the spool", e);
    }
  }
}
