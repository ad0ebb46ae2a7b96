package io.waggle.app.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.LearningJob;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.WriterClaims;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.Reward;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterEpoch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The learning job on a mini cluster with a real broker; policies come and go by topic control. */
final class PolicyControlITCase {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Surface HOME =
      Surface.of(
          SurfaceFiles.parse(
              """
              name: home
              livePolicy: learner
              policies:
                - name: learner
                  vowpalWabbit:
                    arguments: --cb_explore_adf --epsilon 0.2 -b 10
                - name: uniform
                  uniform: {}
              reward:
                wait: 1s
              """));

  private final Map<String, PolicyEvaluation> evaluations = new HashMap<>();
  private final List<ConsumerRecord<String, byte @Nullable []>> models = new ArrayList<>();
  private int deadLetters;
  private int decisions;

  @TempDir private Path directory;

  @Test
  @Timeout(240)
  void policyIsAddedWarmedUpAndRemovedWhileTheOthersLearnOn() throws Exception {
    try (EmbeddedJob loop =
            EmbeddedJob.learning(directory, new Surfaces(List.of(HOME)), step -> {});
        KafkaProducer<String, byte[]> producer = producer(loop.bootstrapServers());
        KafkaConsumer<String, byte[]> consumer = consumer(loop.bootstrapServers())) {
      decide(producer, 40);
      await(consumer, () -> newest("learner").getEventsLearned() == 40);

      SurfaceConfig.Builder with = HOME.config().toBuilder();
      with.addPoliciesBuilder()
          .setName("candidate")
          .setVowpalWabbit(HOME.policy("learner").getVowpalWabbit())
          .getWarmUpBuilder()
          .setSeconds(3600);
      control(producer, with.build(), 1);
      await(consumer, () -> evaluations.containsKey("candidate"));
      decide(producer, 20);
      await(consumer, () -> newest("learner").getEventsLearned() == 60);
      decide(producer, 20);
      // It has learned the 40 before it came as well, and nothing twice.
      await(consumer, () -> newest("candidate").getEventsLearned() == 80);
      await(consumer, () -> has("home/candidate/0"));
      assertThat(newest("candidate").getCount()).isBetween(1L, 40L);
      assertThat(newest("candidate").getConditionDetail()).isEmpty();

      control(producer, HOME.config(), 2);
      await(consumer, () -> isGone("home/candidate/0") && !evaluations.containsKey("candidate"));
      decide(producer, 10);
      await(consumer, () -> newest("learner").getEventsLearned() == 90);
      await(consumer, () -> newest("uniform").getCount() == 90);
      assertThat(evaluations).containsOnlyKeys("learner", "uniform");
      assertThat(deadLetters).isZero();
    }
  }

  /** Blue and green: two learning jobs on the same topics at once, and then the switch. */
  @Test
  @Timeout(240)
  void aLaterJobTakesOverWhileTheOldOneRunsOnAndNothingIsPublishedTwice() throws Exception {
    EmbeddedFlink.Job green =
        new EmbeddedFlink.Job(
            "learning-green",
            1,
            (environment, settings, surfaces) ->
                LearningJob.define(environment, settings.withEpoch(1), surfaces));
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      EmbeddedTopics.createForOldTimes(kafka.bootstrapServers());
      try (EmbeddedFlink jobs = learningAnd(green, kafka);
          KafkaProducer<String, byte[]> producer = producer(kafka.bootstrapServers());
          KafkaConsumer<String, byte[]> consumer = consumer(kafka.bootstrapServers())) {
        decide(producer, 40);
        await(consumer, () -> newest("learner").getEventsLearned() == 40);
        await(consumer, () -> examples(consumer) == 80);
        assertThat(epochs()).containsOnly(0L);
        assertThat(newest("learner").getWriterEpoch()).isZero();

        promote(producer, 1);
        await(consumer, () -> newest("learner").getWriterEpoch() == 1);
        assertThat(newest("learner").getEventsLearned()).isEqualTo(40);
        assertThat(newest("learner").getCount()).isEqualTo(40);
        await(consumer, () -> has("home/learner/epoch-1/0") && isGone("home/learner/0"));
        int before = models.size();

        decide(producer, 20);
        await(consumer, () -> newest("learner").getEventsLearned() == 60);
        await(consumer, () -> newest("uniform").getCount() == 60);
        await(consumer, () -> examples(consumer) == 120);
        assertThat(newest("learner").getWriterEpoch()).isEqualTo(1);
        assertThat(epochs()).isSorted().endsWith(1L);
        assertThat(models.subList(before, models.size()))
            .filteredOn(part -> part.value() != null)
            .allMatch(part -> part.key().startsWith("home/learner/epoch-1/"));
        assertThat(deadLetters).isZero();
        assertThat(jobs.failure()).isNotDone();
      }
    }
  }

  /** Started by mistake: both would publish, and services would serve whichever wrote last. */
  @Test
  @Timeout(240)
  void ofTwoJobsOfOneEpochTheFirstGoesOnAndTheOtherFallsSilent() throws Exception {
    EmbeddedFlink.Job second = new EmbeddedFlink.Job("learning-again", 1, LearningJob::define);
    try (EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"))) {
      EmbeddedTopics.createForOldTimes(kafka.bootstrapServers());
      try (EmbeddedFlink jobs = learningAnd(second, kafka);
          KafkaProducer<String, byte[]> producer = producer(kafka.bootstrapServers());
          KafkaConsumer<String, byte[]> consumer = consumer(kafka.bootstrapServers())) {
        // A job says who it is with the first decision after its first checkpoint.
        await(consumer, () -> claimed(producer, consumer));
        await(consumer, () -> newest("learner").getEventsLearned() == decisions);
        WriterClaim holder = strongest(consumer);
        int before = models.size();
        long examples = records(consumer, Topics.EXAMPLES);

        decide(producer, 20);
        await(consumer, () -> newest("learner").getEventsLearned() == decisions);
        decide(producer, 20);
        await(consumer, () -> newest("learner").getEventsLearned() == decisions);

        assertThat(newest("learner").getWriter()).isEqualTo(holder);
        assertThat(newest("learner").getCount()).isEqualTo(decisions);
        assertThat(models.subList(before, models.size()))
            .isNotEmpty()
            .allMatch(part -> snapshot(part).getWriter().equals(holder));
        assertThat(records(consumer, Topics.EXAMPLES) - examples).isEqualTo(40);
        assertThat(jobs.failure()).isNotDone();
      }
    }
  }

  private EmbeddedFlink learningAnd(EmbeddedFlink.Job other, EmbeddedKafka kafka)
      throws InterruptedException {
    return EmbeddedFlink.start(
        kafka.bootstrapServers(),
        directory.resolve("flink"),
        directory.resolve("registry"),
        null,
        new Surfaces(List.of(HOME)),
        List.of(EmbeddedFlink.Job.LEARNING, other));
  }

  private boolean claimed(
      KafkaProducer<String, byte[]> producer, KafkaConsumer<String, byte[]> consumer) {
    decide(producer, 1);
    return records(consumer, Topics.CONTROL) == 2;
  }

  /** Of both jobs' claims, as anybody who reads the topic finds it. */
  private static WriterClaim strongest(KafkaConsumer<String, byte[]> consumer) throws Exception {
    TopicPartition control = new TopicPartition(Topics.CONTROL, 0);
    Set<TopicPartition> assigned = consumer.assignment();
    Map<TopicPartition, Long> positions = new HashMap<>();
    assigned.forEach(each -> positions.put(each, consumer.position(each)));
    consumer.assign(List.of(control));
    consumer.seekToBeginning(List.of(control));
    List<WriterClaim> claims = new ArrayList<>();
    while (claims.size() < 2) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        claims.add(Control.parseFrom(record.value()).getWriterClaim());
      }
    }
    consumer.assign(assigned);
    positions.forEach(consumer::seek);
    return WriterClaims.givesWay(claims.get(0), claims.get(1)) ? claims.get(1) : claims.get(0);
  }

  private static void promote(KafkaProducer<String, byte[]> producer, long epoch) {
    Control control =
        Control.newBuilder()
            .setCreatedMillis(System.currentTimeMillis())
            .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch))
            .build();
    send(
        producer,
        new ProducerRecord<>(
            Topics.CONTROL, Topics.writerEpochControlKey(epoch), control.toByteArray()));
    producer.flush();
  }

  /** What both jobs have learned: each logs every decision that it learns. */
  private static long examples(KafkaConsumer<String, byte[]> consumer) {
    return records(consumer, Topics.EXAMPLES);
  }

  /** What was ever written to a topic. */
  private static long records(KafkaConsumer<String, byte[]> consumer, String topic) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(each -> new TopicPartition(each.topic(), each.partition()))
            .toList();
    return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Of the models in the order they were written. */
  private List<Long> epochs() {
    List<Long> epochs = new ArrayList<>();
    for (ConsumerRecord<String, byte @Nullable []> part : models) {
      if (part.value() != null) {
        epochs.add(ModelVersions.epoch(snapshot(part).getVersion()));
      }
    }
    return epochs;
  }

  private static ModelSnapshot snapshot(ConsumerRecord<String, byte @Nullable []> part) {
    try {
      return part.value() == null
          ? ModelSnapshot.getDefaultInstance()
          : ModelSnapshot.parseFrom(part.value());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private void decide(KafkaProducer<String, byte[]> producer, int count) {
    for (int i = 0; i < count; i++) {
      String id = "d" + decisions++;
      long nowMillis = System.currentTimeMillis();
      Decision decision =
          Decision.newBuilder()
              .setDecisionId(id)
              .setSurface("home")
              .setEventTimeMillis(nowMillis)
              .addActions(Action.newBuilder().setId("a"))
              .addActions(Action.newBuilder().setId("b"))
              .addOrder(i % 2)
              .setPropensity(0.5)
              .setPolicy("learner")
              .build();
      Reward reward =
          Reward.newBuilder()
              .setSurface("home")
              .setDecisionId(id)
              .setRewardId("r")
              .setEventTimeMillis(nowMillis)
              .setValue(i % 2)
              .build();
      send(
          producer,
          new ProducerRecord<>(Topics.DECISIONS, null, nowMillis, id, decision.toByteArray()));
      send(
          producer,
          new ProducerRecord<>(Topics.REWARDS, null, nowMillis, id, reward.toByteArray()));
    }
    producer.flush();
  }

  /** Not waited for: the flush that follows does. */
  private static void send(
      KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> record) {
    Future<?> unused = producer.send(record);
  }

  private static void control(
      KafkaProducer<String, byte[]> producer, SurfaceConfig said, long createdMillis) {
    Control control =
        Control.newBuilder()
            .setCreatedMillis(createdMillis)
            .setSurface(said)
            .setFileFingerprint(SurfaceControl.fingerprint(HOME.config()))
            .build();
    send(
        producer,
        new ProducerRecord<>(
            Topics.CONTROL, Topics.surfaceControlKey("home"), control.toByteArray()));
    producer.flush();
  }

  private PolicyEvaluation newest(String policy) {
    return evaluations.getOrDefault(policy, PolicyEvaluation.getDefaultInstance());
  }

  private boolean has(String key) {
    return models.stream().anyMatch(part -> part.key().equals(key) && part.value() != null);
  }

  private boolean isGone(String key) {
    return models.stream().anyMatch(part -> part.key().equals(key) && part.value() == null);
  }

  /** Reads on until it is so. */
  private void await(KafkaConsumer<String, byte[]> consumer, BooleanSupplier condition)
      throws Exception {
    long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNanos) {
        throw new AssertionError("not so within " + PATIENCE + ": " + evaluations);
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        switch (record.topic()) {
          case Topics.EVALUATIONS -> take(record);
          case Topics.MODELS -> models.add(record);
          default -> deadLetters++;
        }
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> record) throws Exception {
    String policy = record.key().split("/", -1)[1];
    if (!record.key().endsWith("/all")) {
      return;
    }
    if (record.value() == null) {
      evaluations.remove(policy);
    } else {
      evaluations.put(policy, PolicyEvaluation.parseFrom(record.value()));
    }
  }

  private static KafkaProducer<String, byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static KafkaConsumer<String, byte[]> consumer(String bootstrapServers) {
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        List.of(Topics.EVALUATIONS, Topics.MODELS, Topics.DEAD_LETTERS).stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(each -> new TopicPartition(each.topic(), each.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }
}
