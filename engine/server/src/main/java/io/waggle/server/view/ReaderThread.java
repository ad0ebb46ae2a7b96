package io.waggle.server.view;

import io.waggle.server.metric.RareWarnings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that keeps one reader going until it is closed. Whatever fails, it starts over with a
 * new consumer after a pause that doubles from 100 ms to 5 s.
 */
final class ReaderThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReaderThread.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long SHORTEST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;
  private static final Duration INTERRUPT_AFTER = Duration.ofSeconds(2);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Supplier<? extends Consumer<byte[], byte[]>> consumers;
  private final TopicReader reader;
  private final RareWarnings warnings = new RareWarnings(LOG);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Consumer<byte[], byte[]> current;
  private volatile long stoppedNanos;
  private long pauseMillis = SHORTEST_PAUSE_MILLIS;

  ReaderThread(
      String name, Supplier<? extends Consumer<byte[], byte[]>> consumers, TopicReader reader) {
    this.consumers = consumers;
    this.reader = reader;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (closed.getCount() > 0) {
      try (Consumer<byte[], byte[]> consumer = consumers.get()) {
        current = consumer;
        read(consumer);
      } catch (WakeupException e) {
        LOG.debug("{} ends: close() asks for it this way", thread.getName());
      } catch (RuntimeException e) {
        if (closed.getCount() == 0) {
          LOG.debug("{} ends: {}", thread.getName(), e.toString());
          return;
        }
        warnings.warn(thread.getName() + " starts over in " + pauseMillis + " ms", e.toString());
        LOG.debug("{}", thread.getName(), e);
        reader.failed(e);
        pause();
      }
    }
  }

  private void read(Consumer<byte[], byte[]> consumer) {
    if (closed.getCount() > 0) {
      reader.start(consumer);
    }
    while (closed.getCount() > 0) {
      reader.poll(consumer, POLL);
      pauseMillis = SHORTEST_PAUSE_MILLIS;
    }
  }

  private void pause() {
    try {
      if (!closed.await(pauseMillis, TimeUnit.MILLISECONDS)) {
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  /** Asks the thread to end and does not wait, so that several can end at a time. */
  void stop() {
    if (closed.getCount() > 0) {
      stoppedNanos = System.nanoTime();
    }
    closed.countDown();
    Consumer<byte[], byte[]> consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  /**
   * Ends the thread and waits for it: it is woken from a poll at once, and interrupted when it is
   * still waiting for a Kafka that is away two seconds after it was first asked to end.
   */
  @Override
  public void close() {
    stop();
    try {
      Duration asked = Duration.ofNanos(System.nanoTime() - stoppedNanos);
      thread.join(Math.max(1, INTERRUPT_AFTER.minus(asked).toMillis()));
      thread.interrupt();
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
