package io.waggle.server.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.server.metric.SpoolMetrics;
import io.waggle.v1.Decision;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class SpooledDecisionsTest {
  private static final long ROOM = 1 << 20;

  @TempDir Path directory;
  private final SpoolMetrics metrics = metrics();

  @Test
  void decisionsThatCameWhileKafkaWasAwayAreSentInTheirOrderOnceItIsBack() {
    MockProducer<byte[], byte[]> kafka = kafka(true);
    kafka.partitionsForException = new TimeoutException("away");
    try (SpooledDecisions decisions = open(kafka, ROOM, metrics)) {
      DecisionLog log = new DecisionLog(decisions, metrics);
      IntStream.range(0, 200).forEach(i -> assertThat(log.log(decision(i))).isTrue());
      assertThat(metrics.pending()).isEqualTo(200);

      kafka.partitionsForException = null;

      await(() -> metrics.pending() == 0);
      assertThat(ids(kafka)).isEqualTo(named(0, 200));
      assertThat(metrics.loggedCount()).isEqualTo(200);
    }
  }

  @Test
  void decisionsOfAProcessThatEndedAreSentByTheNext() {
    MockProducer<byte[], byte[]> away = kafka(true);
    away.partitionsForException = new TimeoutException("away");
    try (SpooledDecisions decisions = open(away, ROOM, metrics)) {
      DecisionLog log = new DecisionLog(decisions, metrics);
      IntStream.range(0, 50).forEach(i -> log.log(decision(i)));
    }
    MockProducer<byte[], byte[]> back = kafka(true);
    SpoolMetrics next = metrics();

    try (SpooledDecisions decisions = open(back, ROOM, next)) {
      await(() -> next.pending() == 0);
      new DecisionLog(decisions, next).log(decision(50));
      await(() -> next.loggedCount() == 51);
    }

    assertThat(ids(away)).isEmpty();
    assertThat(ids(back)).isEqualTo(named(0, 51));
  }

  @Test
  void whatKafkaFailsIsSentAgainAndNothingGoesBeforeIt() {
    MockProducer<byte[], byte[]> kafka = kafka(false);
    try (SpooledDecisions decisions = open(kafka, ROOM, metrics)) {
      DecisionLog log = new DecisionLog(decisions, metrics);
      log.log(decision(0));
      await(() -> kafka.history().size() == 1);
      kafka.errorNext(new NotEnoughReplicasException("one down"));
      log.log(decision(1));

      await(() -> kafka.history().size() >= 2);
      kafka.completeNext();
      await(() -> kafka.history().size() >= 3);
      kafka.completeNext();

      await(() -> metrics.pending() == 0);
      assertThat(ids(kafka)).containsExactly("d0", "d0", "d1");
      assertThat(metrics.loggedCount()).isEqualTo(2);
      assertThat(metrics.droppedCount()).isZero();
    }
  }

  @Test
  void whatKafkaWillNeverTakeIsGivenUpAndCounted() {
    MockProducer<byte[], byte[]> kafka = kafka(false);
    try (SpooledDecisions decisions = open(kafka, ROOM, metrics)) {
      DecisionLog log = new DecisionLog(decisions, metrics);
      log.log(decision(0));
      await(() -> kafka.history().size() == 1);
      kafka.errorNext(new RecordTooLargeException("more than the topic takes"));
      log.log(decision(1));
      await(() -> kafka.history().size() == 2);
      kafka.completeNext();

      await(() -> metrics.pending() == 0);
      assertThat(metrics.droppedCount()).isEqualTo(1);
      assertThat(metrics.loggedCount()).isEqualTo(1);
    }
  }

  @Test
  void aFullSpoolRefusesAtOnceAndTakesAgainWhenItWasSent() {
    MockProducer<byte[], byte[]> kafka = kafka(true);
    kafka.partitionsForException = new TimeoutException("away");
    long room = 3 << 20;
    try (SpooledDecisions decisions = open(kafka, room, metrics)) {
      DecisionLog log = new DecisionLog(decisions, metrics);
      int kept = 0;
      while (log.log(large(kept))) {
        kept++;
      }
      assertThat(kept).isBetween(15, 31);
      assertThat(metrics.droppedCount()).isEqualTo(1);
      assertThat(metrics.pending()).isEqualTo(kept);

      kafka.partitionsForException = null;
      await(() -> metrics.pending() == 0);

      assertThat(log.log(large(kept))).isTrue();
      assertThat(ids(kafka).subList(0, kept)).isEqualTo(named(0, kept));
    }
  }

  @Test
  void aDirectoryOfAnotherServiceIsRefused() {
    SpooledDecisions first = open(kafka(true), ROOM, metrics);

    assertThatThrownBy(() -> open(kafka(true), ROOM, metrics()))
        .hasMessageContaining("spoolDirectory: ")
        .hasMessageContaining(directory.toString());
    first.close();
  }

  /** Whatever Kafka does and however often the process starts anew, each decision kept is sent. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyDecisionKeptReachesKafkaInOrderWhateverItDoes(long seed) {
    Random random = new Random(seed);
    List<String> sent = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    int made = 0;
    for (int life = 0; life < 3; life++) {
      MockProducer<byte[], byte[]> kafka = kafka(false);
      SpoolMetrics counts = metrics();
      int offered = 0;
      try (SpooledDecisions decisions = open(kafka, ROOM, counts)) {
        long recovered = counts.pending();
        DecisionLog log = new DecisionLog(decisions, counts);
        for (int step = 0; step < 120; step++) {
          if (random.nextInt(3) > 0) {
            if (log.log(decision(made))) {
              kept.add("d" + made);
            }
            made++;
            offered++;
          } else if (random.nextInt(4) > 0) {
            kafka.completeNext();
          } else {
            kafka.errorNext(new NotEnoughReplicasException("seed " + seed));
          }
        }
        assertThat(counts.loggedCount() + counts.droppedCount() + counts.pending())
            .as("seed %d, life %d", seed, life)
            .isEqualTo(recovered + offered);
        if (life == 2) {
          await(
              () -> {
                kafka.completeNext();
                return counts.pending() == 0;
              });
        }
      }
      sent.addAll(ids(kafka));
    }
    // Each for the first time: what was not known to have been taken is sent again.
    assertThat(new ArrayList<>(new LinkedHashSet<>(sent))).as("seed %d", seed).isEqualTo(kept);
  }

  private SpooledDecisions open(
      MockProducer<byte[], byte[]> kafka, long maxBytes, SpoolMetrics counts) {
    return new SpooledDecisions(
        directory, Decision::toByteArray, kafka, maxBytes, maxBytes, counts);
  }

  private static SpoolMetrics metrics() {
    return new SpoolMetrics(new SimpleMeterRegistry(), InstantSource.system());
  }

  private static MockProducer<byte[], byte[]> kafka(boolean acknowledges) {
    return new MockProducer<>(
        acknowledges, null, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Decision decision(int i) {
    return Decision.newBuilder().setDecisionId("d" + i).setEventTimeMillis(1_000 + i).build();
  }

  private static Decision large(int i) {
    return decision(i).toBuilder().setUserId("u".repeat(100_000)).build();
  }

  private static List<String> named(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "d" + i).toList();
  }

  private static List<String> ids(MockProducer<byte[], byte[]> kafka) {
    return kafka.history().stream().map(record -> new String(record.key(), UTF_8)).toList();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen within 30 s");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
