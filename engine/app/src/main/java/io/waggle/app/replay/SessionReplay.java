package io.waggle.app.replay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.app.embedded.EmbeddedJob;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.session.SignalFold;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends a log of interactions through the topics and the session job of an embedded loop and takes
 * sessions and signals from the topics that the job writes. One thread.
 */
public final class SessionReplay {
  /** So long without a record means that the job has said all it has to say. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Of the records that move event time past the last signals; its users are no users. */
  private static final String END = "waggle-replay-end";

  private final Map<String, List<Session>> sessions = new TreeMap<>();
  private final Map<String, Long> interactions = new TreeMap<>();
  private final Map<String, Map<String, Long>> signals = new TreeMap<>();
  private final Map<String, Long> refused = new TreeMap<>();
  private long folded;
  private long letters;
  private long heardNanos = System.nanoTime();
  private long sessionNanos;

  private SessionReplay() {}

  /**
   * Replays to the end.
   *
   * @param data directory for the embedded loop; empty or not there yet
   * @param surface where it happens; its signals are looked for
   * @throws IllegalArgumentException when the file has nothing to replay
   * @throws IllegalStateException when the job stops, or falls silent for a minute
   */
  public static SessionReport run(
      Path file, Surface surface, int parallelism, Path data, Consumer<String> progress)
      throws IOException, InterruptedException {
    progress.accept("reading " + file);
    OttoHistories histories = OttoHistories.read(file, surface.name());
    try (EmbeddedJob loop =
            EmbeddedJob.session(data, new Surfaces(List.of(surface)), parallelism, progress);
        KafkaConsumer<byte[], byte[]> consumer = consumer(loop.bootstrapServers());
        KafkaProducer<byte[], byte[]> producer = producer(loop.bootstrapServers())) {
      return new SessionReplay().run(histories, surface, loop, producer, consumer);
    }
  }

  private SessionReport run(
      OttoHistories histories,
      Surface surface,
      EmbeddedJob loop,
      KafkaProducer<byte[], byte[]> producer,
      KafkaConsumer<byte[], byte[]> consumer)
      throws InvalidProtocolBufferException {
    long startNanos = System.nanoTime();
    for (Interaction interaction : histories.interactions()) {
      send(producer, null, interaction);
    }
    long sent = histories.interactions().size();
    end(histories, surface, producer);
    producer.flush();
    while (folded + letters < sent || silent().compareTo(SILENCE) < 0) {
      if (loop.failure().isCompletedExceptionally()) {
        loop.failure().join();
      }
      if (silent().compareTo(PATIENCE) > 0) {
        throw new IllegalStateException(
            "no session for %d s: %d of %d events folded"
                .formatted(PATIENCE.toSeconds(), folded, sent));
      }
      look(consumer);
    }
    return new SessionReport(
        sent,
        histories.bad(),
        refused,
        sessions.values().stream().flatMap(List::stream).toList(),
        signals,
        (sessionNanos - startNanos) / 1e9);
  }

  /** One in each partition, from behind the end of every signal that is still half open. */
  private static void end(
      OttoHistories histories, Surface surface, KafkaProducer<byte[], byte[]> producer) {
    Interaction last = histories.interactions().get(histories.interactions().size() - 1);
    long longestMillis =
        surface.config().getSignalsList().stream()
            .map(SignalConfig::getWithin)
            .mapToLong(within -> within.getSeconds() * 1000 + within.getNanos() / 1_000_000)
            .max()
            .orElse(0);
    for (PartitionInfo partition : producer.partitionsFor(Topics.INTERACTIONS)) {
      send(
          producer,
          partition.partition(),
          last.toBuilder()
              .setInteractionId(END + partition.partition())
              .setUserId(END + partition.partition())
              .setEventTimeMillis(
                  last.getEventTimeMillis() + longestMillis + Duration.ofHours(1).toMillis())
              .build());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is lost shows as events not folded
  private static void send(
      KafkaProducer<byte[], byte[]> producer,
      @Nullable Integer partition,
      Interaction interaction) {
    producer.send(
        new ProducerRecord<>(
            Topics.INTERACTIONS,
            partition,
            interaction.getEventTimeMillis(),
            interaction.getUserId().getBytes(StandardCharsets.UTF_8),
            interaction.toByteArray()));
  }

  private void look(KafkaConsumer<byte[], byte[]> consumer) throws InvalidProtocolBufferException {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      heardNanos = System.nanoTime();
      if (record.value() == null) {
        continue;
      }
      switch (record.topic()) {
        case Topics.SESSIONS -> take(Session.parseFrom(record.value()));
        case Topics.SIGNALS -> take(Signal.parseFrom(record.value()));
        default -> {
          DeadLetter letter = DeadLetter.parseFrom(record.value());
          refused.merge(letter.getTopic() + ": " + letter.getReason(), 1L, Long::sum);
          letters++;
        }
      }
    }
  }

  private void take(Session session) {
    if (session.getUserId().startsWith(END)) {
      return;
    }
    // A signal makes a new version of a session too; its interactions are what was sent.
    Long before = interactions.put(session.getUserId(), SignalFold.interactions(session));
    long more = SignalFold.interactions(session) - (before == null ? 0 : before);
    if (more > 0) {
      folded += more;
      sessionNanos = heardNanos;
    }
    List<Session> cuts = sessions.computeIfAbsent(session.getUserId(), user -> new ArrayList<>());
    // The last state of each; when two turn out to be one, it takes the place of both.
    cuts.subList((int) session.getSessionCount() - 1, cuts.size()).clear();
    cuts.add(session);
  }

  private void take(Signal signal) {
    if (!signal.getUserId().startsWith(END)) {
      signals
          .computeIfAbsent(signal.getUserId(), user -> new TreeMap<>())
          .merge(signal.getName(), 1L, Long::sum);
    }
  }

  private Duration silent() {
    return Duration.ofNanos(System.nanoTime() - heardNanos);
  }

  private static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", 5),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of(Topics.SESSIONS, Topics.SIGNALS, Topics.DEAD_LETTERS)) {
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
