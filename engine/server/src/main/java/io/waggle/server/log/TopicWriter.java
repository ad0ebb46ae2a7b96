package io.waggle.server.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to Kafka without ever making the caller wait: records go into a buffer bounded in bytes,
 * and one thread of its own serialises and sends them. A Kafka producer alone would not do: its
 * {@code send} blocks the caller while it does not know the topic or its buffer is full.
 *
 * <p>The bound covers a record from {@link #offer} until Kafka acknowledged or failed it. Any
 * number of callers.
 */
public final class TopicWriter implements AutoCloseable {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();
  // INVARIANT: bounded by `maxBytes`, of which each element takes its share before it gets in.
  private final BlockingQueue<Batch> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /** Records that are acknowledged together; {@code done} says when, or why not. */
  private record Batch(List<Outgoing> records, long bytes, CompletableFuture<Void> done) {
    /** The marker that ends the thread. */
    static Batch end() {
      return new Batch(List.of(), 0, new CompletableFuture<>());
    }

    boolean isEnd() {
      return records.isEmpty();
    }
  }

  /** Starts the writer; it owns the producer from now on. */
  public TopicWriter(String name, Producer<byte[], byte[]> producer, long maxBytes) {
    this.producer = producer;
    this.maxBytes = maxBytes;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Takes one or more records to be written; null when they do not fit in the buffer or the writer
   * is closed. The future completes when Kafka has all of them, on Kafka's thread; it fails when
   * one failed. Completing it early (a timeout) keeps what was not sent yet from being sent.
   */
  public @Nullable CompletableFuture<Void> offer(List<Outgoing> records) {
    long size = 0;
    for (Outgoing outgoing : records) {
      size += outgoing.bytes();
    }
    if (closed) {
      return null;
    }
    if (bytes.addAndGet(size) > maxBytes) {
      bytes.addAndGet(-size);
      return null;
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    queue.add(new Batch(List.copyOf(records), size, done));
    return done;
  }

  /** Bytes taken and not yet acknowledged or failed. */
  public long pendingBytes() {
    return bytes.get();
  }

  private void run() {
    Batch batch = next();
    while (!batch.isEnd()) {
      write(batch);
      batch = next();
    }
  }

  private Batch next() {
    try {
      return queue.take();
    } catch (InterruptedException e) {
      // Nobody interrupts this thread; close() ends it by a marker, after what is still queued.
      throw new IllegalStateException("interrupted", e);
    }
  }

  private void write(Batch batch) {
    AtomicInteger open = new AtomicInteger(batch.records().size());
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    for (Outgoing outgoing : batch.records()) {
      try {
        awaitTopic(outgoing.topic(), batch);
        var unused =
            producer.send(
                record(outgoing),
                (metadata, exception) -> finished(batch, open, failure, exception));
      } catch (KafkaException | IllegalStateException e) {
        finished(batch, open, failure, e);
      }
    }
  }

  /**
   * Waits here, and not in {@code send}, until the topic is known: a {@code send} that gives up
   * loses the record, this wait keeps it as long as somebody wants it.
   */
  private void awaitTopic(String topic, Batch batch) {
    boolean known = false;
    while (!known) {
      known = isKnown(topic);
      // Looked at after the topic, so that a batch given up while it was away is not sent now.
      if (batch.done().isDone()) {
        throw new KafkaException("no longer wanted");
      }
    }
  }

  private boolean isKnown(String topic) {
    try {
      producer.partitionsFor(topic);
      return true;
    } catch (TimeoutException e) {
      if (closed) {
        throw e;
      }
      return false;
    }
  }

  private void finished(
      Batch batch,
      AtomicInteger open,
      AtomicReference<@Nullable Exception> failure,
      @Nullable Exception exception) {
    if (exception != null) {
      failure.compareAndSet(null, exception);
    }
    if (open.decrementAndGet() > 0) {
      return;
    }
    bytes.addAndGet(-batch.bytes());
    Exception first = failure.get();
    if (first == null) {
      batch.done().complete(null);
    } else {
      batch.done().completeExceptionally(first);
    }
  }

  private static ProducerRecord<byte[], byte[]> record(Outgoing outgoing) {
    return new ProducerRecord<>(
        outgoing.topic(),
        null,
        outgoing.eventTimeMillis(),
        outgoing.key().getBytes(UTF_8),
        outgoing.value() == null ? null : outgoing.value().toByteArray());
  }

  /** Takes no more, gives what is buffered up to 5 s to be acknowledged, then fails the rest. */
  @Override
  public void close() {
    closed = true;
    queue.add(Batch.end());
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(CLOSE_TIMEOUT);
    KafkaException reason = new KafkaException("the service is stopping");
    for (Batch batch = queue.poll(); batch != null; batch = queue.poll()) {
      bytes.addAndGet(-batch.bytes());
      batch.done().completeExceptionally(reason);
    }
    // The loop above may have taken the marker of a thread that is still at an earlier batch.
    queue.add(Batch.end());
  }
}
