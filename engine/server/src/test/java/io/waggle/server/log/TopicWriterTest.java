package io.waggle.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.state.topic.Topics;
import io.waggle.v1.Reward;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TopicWriterTest {
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void recordsAreWrittenInTheOrderTheyWereOffered() throws Exception {
    try (TopicWriter writer = new TopicWriter("test", producer, 10_000)) {
      CompletableFuture<Void> last = null;
      for (int i = 0; i < 20; i++) {
        last = writer.offer(List.of(reward("r" + i)));
      }
      awaitSent(20);
      acknowledge(20);

      assertThat(last).isNotNull().succeedsWithin(java.time.Duration.ofSeconds(20));
      for (int i = 0; i < 20; i++) {
        assertThat(Reward.parseFrom(producer.history().get(i).value()).getRewardId())
            .isEqualTo("r" + i);
      }
    }
  }

  @Test
  void aBatchIsDoneWhenItsLastRecordIs() {
    try (TopicWriter writer = new TopicWriter("test", producer, 10_000)) {
      CompletableFuture<Void> done = writer.offer(List.of(reward("a"), reward("b")));
      awaitSent(2);

      producer.completeNext();
      assertThat(done).isNotNull().isNotDone();
      producer.completeNext();
      assertThat(done).isCompleted();
    }
  }

  @Test
  void oneFailedRecordFailsItsBatchOnceTheOthersAreThrough() {
    try (TopicWriter writer = new TopicWriter("test", producer, 10_000)) {
      CompletableFuture<Void> done = offered(writer, reward("a"), reward("b"));
      awaitSent(2);

      producer.errorNext(new NotEnoughReplicasException("one down"));
      assertThat(done).isNotDone();
      producer.completeNext();

      assertThatThrownBy(() -> done.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(NotEnoughReplicasException.class);
      assertThat(writer.pendingBytes()).isZero();
    }
  }

  @Test
  void aFullBufferRefusesAtOnceAndTakesAgainWhatWasAcknowledged() {
    long two = 2 * reward("a").bytes();
    try (TopicWriter writer = new TopicWriter("test", producer, two)) {
      assertThat(writer.offer(List.of(reward("a")))).isNotNull();
      assertThat(writer.offer(List.of(reward("b")))).isNotNull();
      assertThat(writer.offer(List.of(reward("c")))).isNull();
      assertThat(writer.pendingBytes()).isEqualTo(two);

      awaitSent(2);
      producer.completeNext();

      assertThat(writer.offer(List.of(reward("d")))).isNotNull();
    }
  }

  @Test
  void anUnknownTopicHoldsRecordsBackInsteadOfLosingThem() {
    producer.partitionsForException = new TimeoutException("no broker yet");
    try (TopicWriter writer = new TopicWriter("test", producer, 10_000)) {
      CompletableFuture<Void> done = writer.offer(List.of(reward("a")));
      assertThat(done).isNotNull().isNotDone();
      assertThat(producer.history()).isEmpty();

      producer.partitionsForException = null;
      awaitSent(1);
      producer.completeNext();

      assertThat(done).isCompleted();
    }
  }

  @Test
  void aCallerWhoGaveUpIsNotWrittenLater() {
    producer.partitionsForException = new TimeoutException("no broker yet");
    try (TopicWriter writer = new TopicWriter("test", producer, 10_000)) {
      CompletableFuture<Void> given = offered(writer, reward("given up"));
      given.cancel(false);
      var unused = writer.offer(List.of(reward("wanted")));

      producer.partitionsForException = null;
      awaitSent(1);

      assertThat(producer.history()).hasSize(1);
      assertThat(
              new String(
                  producer.history().get(0).value(), java.nio.charset.StandardCharsets.UTF_8))
          .contains("wanted");
    }
  }

  @Test
  void aClosedWriterRefusesAndFailsWhatItCouldNotWrite() {
    producer.partitionsForException = new TimeoutException("never");
    TopicWriter writer = new TopicWriter("test", producer, 10_000);
    CompletableFuture<Void> first = writer.offer(List.of(reward("a")));

    writer.close();

    assertThat(first).isNotNull().isCompletedExceptionally();
    assertThat(writer.offer(List.of(reward("b")))).isNull();
    assertThat(producer.closed()).isTrue();
  }

  private static CompletableFuture<Void> offered(TopicWriter writer, Outgoing... records) {
    return Objects.requireNonNull(writer.offer(List.of(records)), "the buffer is full");
  }

  private static Outgoing reward(String id) {
    return new Outgoing(Topics.REWARDS, "d", 1, Reward.newBuilder().setRewardId(id).build());
  }

  private void awaitSent(int records) {
    await(() -> producer.history().size() >= records);
  }

  private void acknowledge(int records) {
    for (int i = 0; i < records; i++) {
      producer.completeNext();
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen within 20 s");
      }
      Thread.onSpinWait();
    }
  }
}
