package io.waggle.server.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.StatusRuntimeException;
import io.waggle.server.wire.Refusal;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to topic control and waits until every in-sync replica has it. Blocks its caller, any
 * thread but an event loop's. When it gives up it is not known whether the record was written.
 */
public final class ControlLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLog.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Producer<byte[], byte[]> producer;
  private final Duration timeout;

  /** Owns the producer from now on. */
  public ControlLog(Producer<byte[], byte[]> producer, Duration timeout) {
    this.producer = producer;
    this.timeout = timeout;
  }

  /**
   * Writes a record; its offset.
   *
   * @throws StatusRuntimeException UNAVAILABLE when Kafka does not acknowledge in time,
   *     INVALID_ARGUMENT when the record is too large for it
   */
  public long write(String key, Control control) {
    try {
      return producer
          .send(
              new ProducerRecord<>(
                  Topics.CONTROL,
                  null,
                  control.getCreatedMillis(),
                  key.getBytes(UTF_8),
                  control.toByteArray()))
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
          .offset();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      throw refusal(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.unavailable("the service is stopping");
    }
  }

  private static StatusRuntimeException refusal(Exception failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    if (cause instanceof RecordTooLargeException) {
      return Refusal.invalid("policy", "too large for one record of the log");
    }
    LOG.warn("Control could not be written", failure);
    return Refusal.unavailable(
        "the log did not acknowledge the change; look whether it was made before trying again");
  }

  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }
}
