package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.state.view.KeyValueView;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewReaderTest {
  private static final String TOPIC = "sessions";
  private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
  private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);

  @TempDir Path directory;
  private final List<String> heard = new ArrayList<>();
  private final ServerMetrics metrics = new ServerMetrics(new SimpleMeterRegistry());
  private String topicId = "topic-1";
  private long now = 1_000;
  private KeyValueView view;

  @BeforeEach
  void open() {
    view = KeyValueView.open(directory);
  }

  @AfterEach
  void close() {
    view.close();
  }

  @Test
  void aNewViewReadsFromTheStartAndHasCaughtUpAtTheEndItFirstSaw() {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 2);
    ViewReader reader = reader();

    reader.start(consumer);
    assertThat(reader.progress().caughtUp()).isFalse();
    assertThat(reader.progress().problem()).isEqualTo("2 records to catch up with");
    add(consumer, FIRST, 0, "ann", "1");
    reader.poll(consumer, Duration.ZERO);
    assertThat(reader.progress().caughtUp()).isFalse();
    add(consumer, FIRST, 1, "ben", "1");
    reader.poll(consumer, Duration.ZERO);

    assertThat(reader.progress().caughtUp()).isTrue();
    assertThat(reader.progress().problem()).isEmpty();
    assertThat(value("ann")).isEqualTo("1");
    assertThat(view.nextOffset(0)).isEqualTo(2);
    assertThat(view.source()).isEqualTo("topic-1");
  }

  @Test
  void anEmptyTopicIsCaughtUpWithAtOnce() {
    ViewReader reader = reader();
    reader.start(consumer(0, 0));

    assertThat(reader.progress().caughtUp()).isTrue();
  }

  @Test
  void recordsAreLiveOnlyAfterCatchingUp() {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 1);
    ViewReader reader = reader();
    reader.start(consumer);

    add(consumer, FIRST, 0, "ann", "old");
    reader.poll(consumer, Duration.ZERO);
    add(consumer, FIRST, 1, "ann", "new");
    reader.poll(consumer, Duration.ZERO);

    assertThat(heard).containsExactly("reset", "applied 1 catching up", "applied 1 live");
  }

  @Test
  void aRestartedServiceGoesOnAtTheOffsetStoredWithTheData() {
    view.reset("topic-1");
    view.apply(0, List.of(entry("ann", "1")), 5);
    MockConsumer<byte[], byte[]> consumer = consumer(0, 6);

    reader().start(consumer);

    assertThat(consumer.position(FIRST)).isEqualTo(5);
    assertThat(value("ann")).isEqualTo("1");
    assertThat(heard).isEmpty();
  }

  @Test
  void aTopicMadeAgainUnderTheSameNameEmptiesTheView() {
    view.reset("topic-0");
    view.apply(0, List.of(entry("ann", "of another life")), 5);
    MockConsumer<byte[], byte[]> consumer = consumer(0, 1);
    ViewReader reader = reader();

    reader.start(consumer);

    assertThat(consumer.position(FIRST)).isZero();
    assertThat(value("ann")).isNull();
    assertThat(view.source()).isEqualTo("topic-1");
    assertThat(heard).containsExactly("reset");
  }

  @Test
  void aTopicMadeAgainWhileReadingIsNoticedAndReadFromTheStart() {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 1);
    ViewReader reader = reader();
    reader.start(consumer);
    add(consumer, FIRST, 0, "ann", "1");
    reader.poll(consumer, Duration.ZERO);

    topicId = "topic-2";
    now += 10_000;
    reader.poll(consumer, Duration.ZERO);

    assertThat(value("ann")).isNull();
    assertThat(view.source()).isEqualTo("topic-2");
    assertThat(consumer.position(FIRST)).isZero();
  }

  @Test
  void partitionsAddedLaterAreReadToo() {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 0);
    ViewReader reader = reader();
    reader.start(consumer);

    consumer.updatePartitions(TOPIC, List.of(partition(0), partition(1)));
    consumer.updateBeginningOffsets(Map.of(FIRST, 0L, SECOND, 0L));
    consumer.updateEndOffsets(Map.of(FIRST, 0L, SECOND, 0L));
    now += 10_000;
    reader.poll(consumer, Duration.ZERO);
    add(consumer, SECOND, 0, "cid", "1");
    reader.poll(consumer, Duration.ZERO);

    assertThat(value("cid")).isEqualTo("1");
  }

  @Test
  void offsetsThatTheTopicNoLongerHasEmptyTheViewAndReadFromItsNewStart() {
    view.reset("topic-1");
    view.apply(0, List.of(entry("ann", "1")), 5);
    MockConsumer<byte[], byte[]> consumer = consumer(100, 101);
    ViewReader reader = reader();
    reader.start(consumer);

    consumer.setPollException(new OffsetOutOfRangeException(Map.of(FIRST, 5L)));
    reader.poll(consumer, Duration.ZERO);

    assertThat(value("ann")).isNull();
    assertThat(consumer.position(FIRST)).isEqualTo(100);
    add(consumer, FIRST, 100, "ben", "1");
    reader.poll(consumer, Duration.ZERO);
    assertThat(value("ben")).isEqualTo("1");
    assertThat(reader.progress().caughtUp()).isTrue();
  }

  @Test
  void aTombstoneRemovesTheUser() {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 0);
    ViewReader reader = reader();
    reader.start(consumer);

    add(consumer, FIRST, 0, "ann", "1");
    add(consumer, FIRST, 1, "ann", null);
    reader.poll(consumer, Duration.ZERO);

    assertThat(value("ann")).isNull();
  }

  @Test
  void aRecordWithoutAKeyIsCountedAndPassedOver() {
    MockConsumer<byte[], byte[]> consumer = consumer(0, 0);
    ViewReader reader = reader();
    reader.start(consumer);

    add(consumer, FIRST, 0, null, "whose?");
    add(consumer, FIRST, 1, "ann", "1");
    reader.poll(consumer, Duration.ZERO);

    assertThat(value("ann")).isEqualTo("1");
    assertThat(view.nextOffset(0)).isEqualTo(2);
    assertThat(metrics.view(TOPIC).unreadableCount()).isEqualTo(1);
  }

  @Test
  void aMissingTopicIsToldAndKafkaGoingAwayLaterLeavesTheViewReady() {
    ViewReader reader = reader();
    topicId = "";
    assertThatThrownBy(() -> reader.start(consumer(0, 0))).isInstanceOf(KafkaException.class);
    reader.failed(new KafkaException("topic sessions is missing"));
    assertThat(reader.progress().caughtUp()).isFalse();
    assertThat(reader.progress().problem()).contains("topic sessions is missing");

    topicId = "topic-1";
    MockConsumer<byte[], byte[]> consumer = consumer(0, 0);
    reader.start(consumer);
    topicId = "";
    now += 10_000;
    reader.poll(consumer, Duration.ZERO);
    reader.failed(new KafkaException("no broker"));

    assertThat(reader.progress().caughtUp()).isTrue();
    assertThat(reader.progress().problem()).contains("no broker").doesNotContain("Exception");
  }

  @Test
  void howLongKafkaHasNotBeenReachedIsToldFromTheStartOn() {
    ViewReader reader = reader();
    now += 3_000;
    assertThat(reader.unreachedSeconds()).isEqualTo(3);

    MockConsumer<byte[], byte[]> consumer = consumer(0, 0);
    reader.start(consumer);
    now += 10_000;
    reader.poll(consumer, Duration.ZERO);
    assertThat(reader.unreachedSeconds()).isZero();

    topicId = "";
    now += 10_000;
    reader.poll(consumer, Duration.ZERO);
    now += 7_000;
    assertThat(reader.unreachedSeconds()).isEqualTo(7);
    assertThat(reader.progress().caughtUp()).isTrue();

    topicId = "topic-1";
    now += 10_000;
    reader.poll(consumer, Duration.ZERO);
    assertThat(reader.unreachedSeconds()).isZero();
  }

  /** Describing the topic may be allowed where reading it is not. */
  @Test
  void whoMayLookAndNotReadHasNotReachedKafka() {
    ViewReader reader = reader();
    MockConsumer<byte[], byte[]> consumer = consumer(0, 1);
    reader.start(consumer);
    add(consumer, FIRST, 0, "ann", "1");
    reader.poll(consumer, Duration.ZERO);
    assertThat(reader.unreachedSeconds()).isZero();

    for (int i = 0; i < 3; i++) {
      reader.failed(new TopicAuthorizationException(TOPIC));
      now += 5_000;
      reader.start(consumer(0, 1));
    }

    assertThat(reader.unreachedSeconds()).isEqualTo(15);
  }

  private ViewReader reader() {
    ViewListener listener =
        new ViewListener() {
          @Override
          public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
            heard.add("applied " + records.size() + (live ? " live" : " catching up"));
          }

          @Override
          public void reset() {
            heard.add("reset");
          }
        };
    InstantSource clock = () -> Instant.ofEpochMilli(now);
    return new ViewReader(TOPIC, view, this::identity, listener, metrics.view(TOPIC), clock);
  }

  private String identity(String topic) {
    if (topicId.isEmpty()) {
      throw new KafkaException("topic " + topic + " is missing");
    }
    return topicId;
  }

  private static MockConsumer<byte[], byte[]> consumer(long begin, long end) {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    consumer.updatePartitions(TOPIC, List.of(partition(0)));
    consumer.updateBeginningOffsets(Map.of(FIRST, begin));
    consumer.updateEndOffsets(Map.of(FIRST, end));
    return consumer;
  }

  private static PartitionInfo partition(int partition) {
    return new PartitionInfo(TOPIC, partition, null, null, null);
  }

  private static void add(
      MockConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long offset,
      @Nullable String key,
      @Nullable String value) {
    consumer.addRecord(
        new ConsumerRecord<>(
            TOPIC,
            partition.partition(),
            offset,
            0,
            TimestampType.CREATE_TIME,
            0,
            0,
            key == null ? null : key.getBytes(UTF_8),
            value == null ? null : value.getBytes(UTF_8),
            new RecordHeaders(),
            Optional.empty()));
  }

  private static KeyValueView.Entry entry(String key, String value) {
    return new KeyValueView.Entry(key.getBytes(UTF_8), value.getBytes(UTF_8));
  }

  private @Nullable String value(String key) {
    byte[] value = view.get(key.getBytes(UTF_8));
    return value == null ? null : new String(value, UTF_8);
  }
}
