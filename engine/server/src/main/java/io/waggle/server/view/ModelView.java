package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.control.WriterFence;
import io.waggle.server.metric.Delays;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.ModelSnapshot;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the model versions of the topic into service: parts to whole versions, whole versions to the
 * {@link ModelSink}. Of several versions that came together only the newest is loaded. Models of
 * policies that are not configured are left alone, so memory follows the configuration and not the
 * topic; so are those that learners of a job that stands by share. Called on its reader's thread,
 * and by whoever follows a change of the surfaces; they take turns.
 */
final class ModelView implements ViewListener {
  private static final Logger LOG = LoggerFactory.getLogger(ModelView.class);

  private final KeyValueView view;
  private final Consumer<ModelSnapshot> damaged;
  private final ModelSink sink;
  private final WriterFence fence;
  private final ViewMetrics metrics;
  private final Delays rewardToServing;
  private final InstantSource clock;
  private ModelAssembler assembler = ModelChanges.assembler();
  private Set<PolicyName> known = Set.of();

  private record PolicyName(String surface, String policy) {}

  ModelView(
      KeyValueView view,
      ModelSink sink,
      WriterFence fence,
      Consumer<ModelSnapshot> damaged,
      ViewMetrics metrics,
      Delays rewardToServing,
      InstantSource clock) {
    this.view = view;
    this.sink = sink;
    this.fence = fence;
    this.damaged = damaged;
    this.metrics = metrics;
    this.rewardToServing = rewardToServing;
    this.clock = clock;
  }

  /**
   * Serves what the view holds of policies that were not configured before: at the start all, later
   * those whose model came before the record of control that adds them.
   */
  synchronized void follow(Surfaces now) {
    Set<PolicyName> configured = new HashSet<>();
    for (Surface surface : now.all()) {
      surface
          .policies()
          .forEach(policy -> configured.add(new PolicyName(surface.name(), policy.getName())));
    }
    Set<PolicyName> added = new HashSet<>(configured);
    added.removeAll(known);
    known = configured;
    if (added.isEmpty()) {
      return;
    }
    Map<PolicyName, ServableModel> whole = new LinkedHashMap<>();
    view.forEach(
        (key, value) -> {
          if (isOfOne(added, key)) {
            take(value, whole);
          }
        });
    serve(whole, false);
  }

  /** By the key alone, as the values are megabytes. */
  private static boolean isOfOne(Set<PolicyName> policies, byte[] key) {
    String[] parts = new String(key, UTF_8).split("/", 3);
    return parts.length == 3 && policies.contains(new PolicyName(parts[0], parts[1]));
  }

  @Override
  public synchronized void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
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
      if (!part.getStandby()
          && known.contains(new PolicyName(part.getSurface(), part.getPolicy()))
          && fence.admits(ModelVersions.epoch(part.getVersion()), part.getWriter())) {
        long damagedBefore = assembler.damaged();
        assembler
            .offer(part)
            .ifPresent(model -> whole.put(new PolicyName(model.surface(), model.policy()), model));
        if (assembler.damaged() > damagedBefore) {
          damaged.accept(part);
        }
      }
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      LOG.warn("A part of a model could not be read: {}", e.getMessage());
      metrics.unreadable();
    }
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
  public synchronized void reset() {
    assembler = ModelChanges.assembler();
  }
}
