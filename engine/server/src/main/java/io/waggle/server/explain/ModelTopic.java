package io.waggle.server.explain;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.config.KafkaConnection;
import io.waggle.core.model.ModelChanges;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.topic.Topics;
import io.waggle.v1.ModelSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Topic {@code models}, read from a little before a version was taken: the full version that it is
 * a change of was published within a minute before it. The topic is compacted, so only what is
 * younger than its last segments is there. Bounded by {@link #PATIENCE} and {@link #BYTES_BOUND}. A
 * consumer of its own for each search.
 */
public final class ModelTopic implements VersionSearch {
  /** With the search for the decision less than a request may take. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  static final long BYTES_BOUND = 256L << 20;

  /** Twice the time after which a version is told whole again. */
  private static final Duration BEFORE = Duration.ofMinutes(2);

  private static final Duration POLL = Duration.ofMillis(100);

  /** A part is up to a megabyte. */
  private static final int PARTS_PER_POLL = 16;

  private static final TopicPartition PARTITION = new TopicPartition(Topics.MODELS, 0);

  private final KafkaConnection kafka;

  public ModelTopic(KafkaConnection kafka) {
    this.kafka = kafka;
  }

  @Override
  public Found find(String surface, String policy, long version) {
    try (Consumer<byte[], byte[]> consumer = SearchConsumers.of(kafka, PATIENCE, PARTS_PER_POLL)) {
      return new Search(consumer, surface, policy, version).run();
    } catch (KafkaException e) {
      return new Found(
          null, "topic %s cannot be read: %s".formatted(Topics.MODELS, e.getMessage()));
    }
  }

  /** One search. One thread. */
  private static final class Search {
    private final Consumer<byte[], byte[]> consumer;
    private final String surface;
    private final String policy;
    private final long version;
    private final ModelAssembler assembler = ModelChanges.assembler();
    private final long deadline = System.nanoTime() + PATIENCE.toNanos();
    private long bytes;
    private boolean passed;

    Search(Consumer<byte[], byte[]> consumer, String surface, String policy, long version) {
      this.consumer = consumer;
      this.surface = surface;
      this.policy = policy;
      this.version = version;
    }

    Found run() {
      consumer.assign(List.of(PARTITION));
      long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
      consumer.seek(PARTITION, start(end));
      while (consumer.position(PARTITION) < end && !passed) {
        if (bytes > BYTES_BOUND || System.nanoTime() > deadline) {
          return new Found(
              null,
              "reading topic %s stopped after %d s or %d MiB"
                  .formatted(Topics.MODELS, PATIENCE.toSeconds(), BYTES_BOUND >> 20));
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(PARTITION)) {
          ServableModel model = record.value() == null ? null : take(record);
          if (model != null) {
            return new Found(model, "in topic " + Topics.MODELS);
          }
        }
      }
      return new Found(null, "topic %s does not hold it any more".formatted(Topics.MODELS));
    }

    private long start(long end) {
      long millis = Math.max(0, ModelVersions.millis(version) - BEFORE.toMillis());
      OffsetAndTimestamp first = consumer.offsetsForTimes(Map.of(PARTITION, millis)).get(PARTITION);
      return first == null ? end : first.offset();
    }

    /** The version, whole with this record; null: not yet. */
    private @Nullable ServableModel take(ConsumerRecord<byte[], byte[]> record) {
      bytes += record.serializedValueSize();
      ModelSnapshot part;
      try {
        part = ModelSnapshot.parseFrom(record.value());
      } catch (InvalidProtocolBufferException e) {
        // No part of any version; readers of the topic count it.
        return null;
      }
      // A job that stands by has a larger epoch, and so larger versions at earlier times.
      boolean served = !part.getStandby();
      if (!served || !part.getSurface().equals(surface) || !part.getPolicy().equals(policy)) {
        return null;
      }
      passed |= part.getVersion() > version;
      boolean mayBeItsBase = part.getBaseVersion() == 0 && part.getVersion() < version;
      return part.getVersion() == version || mayBeItsBase
          ? assembler.offer(part).filter(model -> model.version() == version).orElse(null)
          : null;
    }
  }
}
