package io.waggle.server.view;

import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.view.KeyValueView;
import io.waggle.state.view.KeyValueView.Entry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one {@link KeyValueView} equal to its topic: starts at the offsets stored with the data,
 * empties the view and begins again when the topic is another one than before or no longer has
 * those offsets. It has caught up once it reached the end that each partition had when it first saw
 * the topic; that stays true when Kafka goes away later, because an old view still ranks.
 *
 * <p>Runs on its {@link ReaderThread}; {@link #progress} from any thread.
 */
final class ViewReader implements TopicReader {
  private static final Logger LOG = LoggerFactory.getLogger(ViewReader.class);
  private static final Duration CHECK_TOPIC_EVERY = Duration.ofSeconds(10);

  private final String topic;
  private final KeyValueView view;
  private final TopicIdentities identities;
  private final ViewListener listener;
  private final ViewMetrics metrics;
  private final InstantSource clock;

  private List<TopicPartition> partitions = List.of();
  private Map<TopicPartition, Long> ends = Map.of();
  private long checkTopicAtMillis;
  private volatile ViewProgress progress;

  /** Since when the brokers do not answer, or refuse; 0: they answered when last asked. */
  private volatile long unreachedSinceMillis;

  ViewReader(
      String topic,
      KeyValueView view,
      TopicIdentities identities,
      ViewListener listener,
      ViewMetrics metrics,
      InstantSource clock) {
    this.topic = topic;
    this.view = view;
    this.identities = identities;
    this.listener = listener;
    this.metrics = metrics;
    this.clock = clock;
    this.progress = new ViewProgress(topic, false, 0, "not connected to Kafka yet");
    this.unreachedSinceMillis = clock.millis();
  }

  ViewProgress progress() {
    return progress;
  }

  /**
   * For how long the brokers have not been reached, or have refused; 0: they handed out records, or
   * answered when they were last asked, which is every ten seconds. Beginning to read proves
   * nothing: who may look and not read is refused after that.
   */
  double unreachedSeconds() {
    long since = unreachedSinceMillis;
    return since == 0 ? 0 : Math.max(0, clock.millis() - since) / 1e3;
  }

  private void unreached() {
    if (unreachedSinceMillis == 0) {
      unreachedSinceMillis = clock.millis();
    }
  }

  @Override
  public void start(Consumer<byte[], byte[]> consumer) {
    String source = identities.of(topic);
    if (!source.equals(view.source())) {
      reset(source, view.source().isEmpty() ? "is new" : "follows another topic from now on");
    }
    partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("topic " + topic + " has no partitions");
    }
    consumer.assign(partitions);
    partitions.forEach(partition -> seek(consumer, partition));
    if (!progress.caughtUp()) {
      ends = consumer.endOffsets(partitions);
    }
    checkTopicAtMillis = clock.millis() + CHECK_TOPIC_EVERY.toMillis();
    report(consumer);
  }

  private void seek(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
    long next = view.nextOffset(partition.partition());
    if (next == 0) {
      // Never read: the log may begin later than at 0.
      consumer.seekToBeginning(List.of(partition));
    } else {
      consumer.seek(partition, next);
    }
  }

  @Override
  public void poll(Consumer<byte[], byte[]> consumer, Duration timeout) {
    if (clock.millis() >= checkTopicAtMillis) {
      checkTopic(consumer);
    }
    try {
      apply(consumer, consumer.poll(timeout));
    } catch (InvalidOffsetException e) {
      reset(view.source(), "needs offsets that the topic no longer has");
      start(consumer);
    }
  }

  private void checkTopic(Consumer<byte[], byte[]> consumer) {
    checkTopicAtMillis = clock.millis() + CHECK_TOPIC_EVERY.toMillis();
    boolean changed;
    try {
      changed =
          !identities.of(topic).equals(view.source())
              || consumer.partitionsFor(topic).size() != partitions.size();
    } catch (KafkaException e) {
      // Kafka is away or the topic is gone for now: the view stays as it is.
      LOG.debug("{} could not be checked", topic, e);
      unreached();
      return;
    }
    unreachedSinceMillis = 0;
    if (changed) {
      start(consumer);
    }
  }

  private void apply(Consumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records) {
    boolean live = progress.caughtUp();
    if (!records.isEmpty()) {
      unreachedSinceMillis = 0;
    }
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> batch = records.records(partition);
      view.apply(partition.partition(), entries(batch), batch.get(batch.size() - 1).offset() + 1);
      metrics.applied(batch.size());
      listener.applied(batch, live);
    }
    report(consumer);
  }

  /**
   * A record without a key cannot be in a compacted topic; such a one is counted and passed over.
   */
  private List<Entry> entries(List<ConsumerRecord<byte[], byte[]>> batch) {
    List<Entry> entries = new ArrayList<>(batch.size());
    for (ConsumerRecord<byte[], byte[]> record : batch) {
      if (record.key() == null) {
        metrics.unreadable();
      } else if (listener.admits(record)) {
        entries.add(new Entry(record.key(), record.value()));
      }
    }
    return entries;
  }

  private void report(Consumer<byte[], byte[]> consumer) {
    long toCatchUp = 0;
    long lag = 0;
    for (TopicPartition partition : partitions) {
      // The position, not the newest record: the log's end may be a gap that compaction left.
      long position = consumer.position(partition);
      toCatchUp += Math.max(0, ends.getOrDefault(partition, 0L) - position);
      lag += consumer.currentLag(partition).orElse(0);
    }
    boolean caughtUp = progress.caughtUp() || toCatchUp == 0;
    progress =
        new ViewProgress(
            topic, caughtUp, lag, caughtUp ? "" : toCatchUp + " records to catch up with");
  }

  private void reset(String source, String why) {
    if (!view.source().isEmpty()) {
      LOG.warn("The view of {} {}: it is emptied and read again", topic, why);
      metrics.reset();
    }
    view.reset(source);
    listener.reset();
  }

  @Override
  public void failed(RuntimeException reason) {
    unreached();
    ViewProgress last = progress;
    progress = new ViewProgress(topic, last.caughtUp(), last.lagRecords(), told(reason));
  }

  /** Kafka's and our own are for people; anything else is a bug, whose kind says more. */
  private static String told(RuntimeException reason) {
    String message = reason instanceof KafkaException ? reason.getMessage() : null;
    return message == null ? String.valueOf(reason) : message;
  }
}
