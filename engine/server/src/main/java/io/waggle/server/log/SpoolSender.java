package io.waggle.server.log;

import io.waggle.server.metric.RareWarnings;
import io.waggle.server.metric.SpoolMetrics;
import io.waggle.state.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the spool's records to Kafka in their order, with a thread of its own. What Kafka does not
 * take is sent again after a pause that doubles from 100 ms to 2 s, and nothing that came later
 * goes before; only a record that Kafka will never take is given up, and counted. Of what was sent
 * and not acknowledged at most {@link #IN_FLIGHT_BYTES} are in memory, or one record.
 */
final class SpoolSender implements AutoCloseable {
  /** Bytes sent that Kafka has not acknowledged. */
  static final long IN_FLIGHT_BYTES = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(SpoolSender.class);
  private static final long POLL_MILLIS = 5;
  private static final long IDLE_MILLIS = 200;
  private static final long SHORTEST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;
  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Spool spool;
  private final Producer<byte[], byte[]> producer;
  private final SpoolMetrics metrics;
  private final RareWarnings warnings = new RareWarnings(LOG);
  private final Thread thread;
  private final AtomicInteger failed = new AtomicInteger();
  // Touched by the thread alone.
  private final Deque<Sent> inFlight = new ArrayDeque<>();
  private long inFlightBytes;
  private Spool.@Nullable Entry next;
  private long pauseMillis = SHORTEST_PAUSE_MILLIS;
  private volatile String lastFailure = "";
  private volatile boolean closed;

  /** A record on its way; Kafka's thread says what became of it. */
  private static final class Sent {
    private final Spool.Entry entry;
    private volatile State state = State.WAITING;

    Sent(Spool.Entry entry) {
      this.entry = entry;
    }

    long bytes() {
      return entry.record().fileBytes();
    }
  }

  private enum State {
    WAITING,
    /** Acknowledged. */
    WRITTEN,
    /** To be sent again. */
    FAILED,
    /** Kafka will never take it. */
    REFUSED
  }

  /** Starts; it owns the producer from now on. */
  SpoolSender(Spool spool, Producer<byte[], byte[]> producer, SpoolMetrics metrics) {
    this.spool = spool;
    this.producer = producer;
    this.metrics = metrics;
    this.thread = new Thread(this::run, "waggle-spool-send");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        try {
          step();
        } catch (IOException e) {
          metrics.diskFailed();
          LOG.error("The spool cannot be read, to be tried again: {}", e.toString());
          Thread.sleep(LONGEST_PAUSE_MILLIS);
        } catch (RuntimeException e) {
          // Nothing is lost by going on, and everything would wait for ever without this thread.
          LOG.error("Sending decisions failed, to be tried again", e);
          Thread.sleep(LONGEST_PAUSE_MILLIS);
        }
      }
      settle();
    } catch (IOException e) {
      LOG.error("What was sent last could not be noted and will be sent again", e);
    } catch (InterruptedException e) {
      LOG.debug("{} ends: close() asks for it this way", thread.getName());
    }
  }

  private void step() throws IOException, InterruptedException {
    settle();
    if (failed.get() > 0) {
      sendAgain();
      return;
    }
    if (inFlightBytes >= IN_FLIGHT_BYTES) {
      Thread.sleep(POLL_MILLIS);
      return;
    }
    if (next == null) {
      next = spool.next();
    }
    Spool.Entry entry = next;
    if (entry == null) {
      spool.awaitAppended(inFlight.isEmpty() ? IDLE_MILLIS : POLL_MILLIS);
    } else if (isTopicKnown()) {
      next = null;
      Sent sent = new Sent(entry);
      inFlight.addLast(sent);
      inFlightBytes += sent.bytes();
      send(sent);
    } else {
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Waits here, and not in {@code send}, until the topic is known. */
  private boolean isTopicKnown() {
    try {
      producer.partitionsFor(Topics.DECISIONS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (KafkaException e) {
      warnings.warn("Topic " + Topics.DECISIONS + " cannot be looked up", e.toString());
      return false;
    }
  }

  private void send(Sent sent) {
    SpoolRecord record = sent.entry.record();
    sent.state = State.WAITING;
    try {
      var unused =
          producer.send(
              new ProducerRecord<>(
                  Topics.DECISIONS, null, record.eventTimeMillis(), record.key(), record.value()),
              (metadata, failure) -> finish(sent, failure));
    } catch (RuntimeException e) {
      finish(sent, e);
    }
  }

  private void finish(Sent sent, @Nullable Exception failure) {
    State state = outcome(failure);
    sent.state = state;
    if (state == State.FAILED) {
      lastFailure = String.valueOf(failure);
      failed.incrementAndGet();
    }
  }

  private static State outcome(@Nullable Exception failure) {
    if (failure == null) {
      return State.WRITTEN;
    }
    boolean never =
        failure instanceof RecordTooLargeException
            || failure instanceof RecordBatchTooLargeException
            || failure instanceof InvalidTimestampException
            || failure instanceof SerializationException;
    if (never) {
      LOG.error("A decision is given up: {}", failure.toString());
    }
    return never ? State.REFUSED : State.FAILED;
  }

  /** Takes what is over from the front, so that what is noted as sent has no gap. */
  private void settle() throws IOException {
    Spool.Entry last = null;
    while (!inFlight.isEmpty() && isOver(inFlight.getFirst())) {
      Sent sent = inFlight.removeFirst();
      inFlightBytes -= sent.bytes();
      last = sent.entry;
      metrics.finished(sent.state == State.WRITTEN);
      pauseMillis = SHORTEST_PAUSE_MILLIS;
    }
    if (last != null) {
      spool.sent(last);
    }
    Sent first = inFlight.peekFirst();
    Spool.Entry oldest = first == null ? next : first.entry;
    metrics.oldestWaiting(oldest == null ? 0 : oldest.record().eventTimeMillis());
  }

  private static boolean isOver(Sent sent) {
    return sent.state == State.WRITTEN || sent.state == State.REFUSED;
  }

  /** Once nothing is on its way any more, what failed goes again, in its order. */
  private void sendAgain() throws InterruptedException {
    if (inFlight.stream().anyMatch(sent -> sent.state == State.WAITING)) {
      Thread.sleep(POLL_MILLIS);
      return;
    }
    warnings.warn(
        failed.get() + " decisions are sent again in " + pauseMillis + " ms", lastFailure);
    Thread.sleep(pauseMillis);
    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    for (Sent sent : inFlight) {
      if (sent.state == State.FAILED) {
        failed.decrementAndGet();
        send(sent);
      }
    }
  }

  /**
   * Gives what is in the spool up to a second to be sent and acknowledged; the rest is the next
   * process's. The appender is closed first.
   */
  @Override
  public void close() {
    long deadlineNanos = System.nanoTime() + CLOSE_PATIENCE.toNanos();
    try {
      while (metrics.pending() > 0 && System.nanoTime() < deadlineNanos) {
        Thread.sleep(POLL_MILLIS);
      }
      closed = true;
      thread.join(CLOSE_TIMEOUT.toMillis());
      thread.interrupt();
      thread.join(CLOSE_TIMEOUT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(Duration.ZERO);
  }
}
