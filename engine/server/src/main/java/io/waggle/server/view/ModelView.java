package io.waggle.server.view;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.metric.Delays;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.ModelSnapshot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the model versions of the topic into service: parts to whole versions, whole versions to the
 * {@link ModelSink}. Of several versions that came together only the newest is loaded. Models of
 * policies that are not configured are left alone, so memory follows the configuration and not the
 * topic. Called on its reader's thread, and once before that thread starts.
 */
final class ModelView implements ViewListener {
  private static final Logger LOG = LoggerFactory.getLogger(ModelView.class);

  private final KeyValueView view;
  private final Surfaces surfaces;
  private final ModelSink sink;
  private final ViewMetrics metrics;
  private final Delays rewardToServing;
  private final InstantSource clock;
  private ModelAssembler assembler = ModelChanges.assembler();

  private record PolicyName(String surface, String policy) {}

  ModelView(
      KeyValueView view,
      Surfaces surfaces,
      ModelSink sink,
      ViewMetrics metrics,
      Delays rewardToServing,
      InstantSource clock) {
    this.view = view;
    this.surfaces = surfaces;
    this.sink = sink;
    this.metrics = metrics;
    this.rewardToServing = rewardToServing;
    this.clock = clock;
  }

  /** Serves what the view held when the service stopped. */
  void restore() {
    Map<PolicyName, ServableModel> whole = new LinkedHashMap<>();
    view.forEach((key, value) -> take(value, whole));
    serve(whole, false);
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
    Map<PolicyName, ServableModel> whole = new LinkedHashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() != null) {
        take(record.value(), whole);
      }
    }
    serve(whole, live);
  }

  private void take(byte[] value, Map<PolicyName, ServableModel> whole) {
    try {
      ModelSnapshot part = ModelSnapshot.parseFrom(value);
      if (isConfigured(part)) {
        assembler
            .offer(part)
            .ifPresent(model -> whole.put(new PolicyName(model.surface(), model.policy()), model));
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      LOG.warn("A part of a model could not be read: {}", e.getMessage());
      metrics.unreadable();
    }
  }

  private boolean isConfigured(ModelSnapshot part) {
    Surface surface = surfaces.find(part.getSurface());
    return surface != null
        && surface.policies().stream()
            .anyMatch(policy -> policy.getName().equals(part.getPolicy()));
  }

  private void serve(Map<PolicyName, ServableModel> whole, boolean live) {
    for (ServableModel model : whole.values()) {
      if (sink.apply(model) && live && model.oldestRewardMillis() > 0) {
        rewardToServing.record(Duration.ofMillis(clock.millis() - model.oldestRewardMillis()));
      }
    }
  }

  /** The topic begins anew; what serves goes on serving until a newer version is whole. */
  @Override
  public void reset() {
    assembler = ModelChanges.assembler();
  }
}
