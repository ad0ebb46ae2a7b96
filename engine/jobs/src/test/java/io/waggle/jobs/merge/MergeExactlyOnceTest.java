package io.waggle.jobs.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.MergeShare;
import io.waggle.v1.MergeState;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.Namespace;
import io.waggle.v1.ShardProgress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Learners and merge as the job runs them: contributions arrive in order and are part of a
 * checkpoint; merged models go through a log that outlives a crash, where they may be lost for a
 * reader, come late and come twice. After a crash everything but the log goes on from the
 * checkpoint, and examples since come again. The learner counts its examples itself (squarecb), so
 * the model tells what it has learned.
 */
class MergeExactlyOnceTest {
  private static final String ARGUMENTS = "--cb_explore_adf --squarecb -b 8";

  private final List<Shard> shards = new ArrayList<>();
  private final List<Message> log = new ArrayList<>();
  private Deque<ModelContribution> channel = new ArrayDeque<>();
  private MergeState merge = MergeState.getDefaultInstance();
  private int learners;
  private long attempts;
  private long clock;

  private record Message(long round, List<ShardProgress> shards, ByteString model) {}

  private record Checkpoint(
      List<ByteString> models,
      List<MergeShare> shares,
      List<Integer> positions,
      List<ModelContribution> channel,
      MergeState merge) {}

  /** One learner with its share of the examples. */
  private final class Shard {
    private final int number;
    private VowpalWabbitLearner learner;
    private LearnerShare share;
    private int position;
    private int read;

    Shard(int number, ByteString model, MergeShare saved, int position) {
      this.number = number;
      this.learner = open(model);
      this.share = new LearnerShare(number, ++attempts, saved);
      this.position = position;
      this.read = log.size();
      send(share.pending());
    }

    ByteString model() {
      return ByteString.copyFrom(learner.modelBytes());
    }

    void learn(int examples) throws Exception {
      for (int i = 0; i < examples; i++) {
        Random random = new Random(number * 1_000_003L + position++);
        learner.learn(example(random), random.nextInt(2), -random.nextInt(2), 0.5);
        share.learned();
      }
    }

    void contribute() {
      if (share.mayContribute()) {
        send(share.contribute(model()));
      } else {
        send(share.pending());
      }
    }

    private void send(LearnerShare.Contribution what) {
      channel.add(
          ModelContribution.newBuilder()
              .setArguments(ARGUMENTS)
              .setShard(what.shard())
              .setLearners(learners)
              .setAttempt(what.attempt())
              .setRound(what.round())
              .setModel(what.model())
              .setBase(what.base())
              .setEvents(what.events())
              .build());
    }

    void hear(Message message) {
      share
          .adopt(message.round(), message.shards().get(number), message.model(), model())
          .ifPresent(
              next -> {
                learner.close();
                learner = open(next);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void throughCrashesAndLossesEachExampleIsInTheMergedModelOnce(long seed) throws Exception {
    Random random = new Random(seed);
    learners = 2 + random.nextInt(3);
    ByteString fresh;
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      fresh = ByteString.copyFrom(learner.modelBytes());
    }
    MergeShare nothing = MergeShare.newBuilder().setBase(fresh).build();
    for (int shard = 0; shard < learners; shard++) {
      shards.add(new Shard(shard, fresh, nothing, 0));
    }
    Checkpoint checkpoint = checkpoint();
    int crashes = 0;
    for (int step = 0; step < 250; step++) {
      Shard shard = shards.get(random.nextInt(learners));
      switch (random.nextInt(9)) {
        case 0, 1 -> shard.learn(random.nextInt(6));
        case 2 -> shard.contribute();
        case 3, 4 -> deliver();
        case 5 -> mergeWhat(random.nextInt(3) == 0);
        case 6, 7 -> read(shard, random);
        default -> {
          if (random.nextInt(3) > 0) {
            checkpoint = checkpoint();
          } else {
            restore(checkpoint);
            crashes++;
          }
        }
      }
    }
    settle();

    int learned = shards.stream().mapToInt(shard -> shard.position).sum();
    VowpalWabbitModel merged = VowpalWabbitModel.parse(merge.getModel().toByteArray());
    assertThat(crashes).isPositive();
    assertThat(learned).isPositive();
    assertThat(merge.getEvents()).isEqualTo(learned);
    assertThat(merged.counters().explored()).isEqualTo(learned);
    for (Shard shard : shards) {
      assertThat(shard.share.unmerged()).isZero();
      assertThat(shard.model()).isEqualTo(merge.getModel());
      shard.learner.close();
    }
  }

  private void deliver() {
    ModelContribution contribution = channel.poll();
    if (contribution != null) {
      MergeRounds.Step step = MergeRounds.offer(merge, contribution);
      merge = step.state();
      if (step.answer()) {
        tell();
      }
    }
  }

  private void mergeWhat(boolean patienceIsOver) {
    boolean due = patienceIsOver && merge.getContributionsCount() > 0;
    if (due || MergeRounds.isComplete(merge)) {
      merge = MergeRounds.merge(merge, ++clock);
      tell();
    }
  }

  private void tell() {
    log.add(new Message(merge.getRound(), merge.getShardsList(), merge.getModel()));
  }

  /** Reads on, may lose what it reads, and may read something old again. */
  private void read(Shard shard, Random random) {
    if (!log.isEmpty() && random.nextInt(4) == 0) {
      shard.hear(log.get(random.nextInt(log.size())));
    }
    if (shard.read < log.size()) {
      Message message = log.get(shard.read++);
      if (random.nextInt(4) > 0) {
        shard.hear(message);
      }
    }
  }

  private Checkpoint checkpoint() {
    return new Checkpoint(
        shards.stream().map(Shard::model).toList(),
        shards.stream().map(shard -> shard.share.save()).toList(),
        shards.stream().map(shard -> shard.position).toList(),
        List.copyOf(channel),
        merge);
  }

  private void restore(Checkpoint checkpoint) {
    channel = new ArrayDeque<>(checkpoint.channel());
    merge = checkpoint.merge();
    for (int i = 0; i < learners; i++) {
      shards.get(i).learner.close();
      shards.set(
          i,
          new Shard(
              i,
              checkpoint.models().get(i),
              checkpoint.shares().get(i),
              checkpoint.positions().get(i)));
    }
  }

  /** No more examples: everyone contributes what is left, twice, and hears of it. */
  private void settle() {
    for (int i = 0; i < 3; i++) {
      shards.forEach(Shard::contribute);
      IntStream.range(0, channel.size()).forEach(each -> deliver());
      mergeWhat(true);
      shards.forEach(Shard::contribute);
      IntStream.range(0, channel.size()).forEach(each -> deliver());
      tell();
      shards.forEach(shard -> shard.hear(log.get(log.size() - 1)));
    }
  }

  private static VowpalWabbitLearner open(ByteString model) {
    return VowpalWabbitLearner.open(ARGUMENTS, model.toByteArray());
  }

  private static Example example(Random random) {
    Feature user =
        Feature.newBuilder()
            .setName("user")
            .setValue(FeatureValue.newBuilder().setText("u" + random.nextInt(10)))
            .build();
    return new Example(
        List.of(Namespace.newBuilder().setName("context").addFeatures(user).build()),
        List.of(),
        List.of(Action.newBuilder().setId("a").build(), Action.newBuilder().setId("b").build()));
  }
}
