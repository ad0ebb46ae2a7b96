package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.server.control.FollowedSurfaces;
import io.waggle.server.control.WriterFence;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.WriterClaims;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Control;
import io.waggle.v1.WriterClaim;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands the records of topic control that are about surfaces to {@link FollowedSurfaces}, and those
 * about the learning job in charge to {@link WriterFence}; rollbacks and pins are for the learning
 * job. Called on its reader's thread, and once before that starts.
 */
final class ControlView implements ViewListener {
  private static final String SURFACE_KEY = Topics.surfaceControlKey("");

  private final KeyValueView view;
  private final FollowedSurfaces surfaces;
  private final WriterFence fence;
  private final ViewMetrics metrics;

  ControlView(
      KeyValueView view, FollowedSurfaces surfaces, WriterFence fence, ViewMetrics metrics) {
    this.view = view;
    this.fence = fence;
    this.surfaces = surfaces;
    this.metrics = metrics;
  }

  /** Follows what the view held when the service stopped. */
  void restore() {
    view.forEach((key, value) -> take(key, value, FollowedSurfaces.UNKNOWN_OFFSET));
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.key() != null) {
        take(record.key(), record.value(), record.offset());
      }
    }
  }

  private void take(byte[] keyBytes, byte @Nullable [] value, long offset) {
    String key = new String(keyBytes, UTF_8);
    if (Topics.isWriterEpochControlKey(key) && value != null) {
      takeEpoch(value);
    }
    if (Topics.isWriterClaimControlKey(key) && value != null) {
      takeClaim(value);
    }
    if (!key.startsWith(SURFACE_KEY)) {
      return;
    }
    String surface = key.substring(SURFACE_KEY.length());
    if (value == null) {
      surfaces.forget(surface, offset);
      return;
    }
    try {
      Control control = Control.parseFrom(value);
      if (control.getSurface().getName().equals(surface)) {
        surfaces.follow(control, offset);
      } else {
        metrics.unreadable();
      }
    } catch (InvalidProtocolBufferException e) {
      metrics.unreadable();
    }
  }

  private void takeEpoch(byte[] value) {
    try {
      Control control = Control.parseFrom(value);
      long epoch = control.getWriterEpoch().getEpoch();
      if (epoch >= 1 && epoch <= ModelVersions.LARGEST_EPOCH) {
        fence.inCharge(epoch);
      } else {
        metrics.unreadable();
      }
    } catch (InvalidProtocolBufferException e) {
      metrics.unreadable();
    }
  }

  private void takeClaim(byte[] value) {
    try {
      WriterClaim claim = Control.parseFrom(value).getWriterClaim();
      WriterClaims.check(claim);
      fence.claimed(claim);
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      metrics.unreadable();
    }
  }

  @Override
  public void reset() {
    surfaces.reset();
    fence.reset();
  }
}
