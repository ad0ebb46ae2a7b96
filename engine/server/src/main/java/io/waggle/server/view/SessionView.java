package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.server.metric.Delays;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Sessions by user. Reads from any thread. */
final class SessionView implements ViewListener {
  private final KeyValueView view;
  private final ViewMetrics metrics;
  private final Delays interactionToSession;
  private final InstantSource clock;

  SessionView(
      KeyValueView view, ViewMetrics metrics, Delays interactionToSession, InstantSource clock) {
    this.view = view;
    this.metrics = metrics;
    this.interactionToSession = interactionToSession;
    this.clock = clock;
  }

  /** The user's session or null; one that cannot be read is counted and as good as none. */
  @Nullable Session find(String userId) {
    byte[] bytes = view.get(userId.getBytes(UTF_8));
    if (bytes == null) {
      return null;
    }
    try {
      return Session.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      metrics.unreadable();
      return null;
    }
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
    if (!live) {
      return;
    }
    long now = clock.millis();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() != null) {
        interactionToSession.record(Duration.ofMillis(now - record.timestamp()));
      }
    }
  }

  @Override
  public void reset() {}
}
