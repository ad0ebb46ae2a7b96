package io.waggle.benchmarks.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.jobs.merge.LearnerShare;
import io.waggle.jobs.merge.MergeRounds;
import io.waggle.v1.MergeShare;
import io.waggle.v1.MergeState;
import io.waggle.v1.ModelContribution;

/**
 * Learners that share a stream and one merge, in one process. A learner is used by one thread; the
 * merge is under a lock, taken once a round.
 */
final class MergedLearners implements AutoCloseable {
  private final String arguments;
  private final Learner[] learners;
  private MergeState merge = MergeState.getDefaultInstance();
  private long merges;
  private long mergeNanos;

  MergedLearners(String arguments, int count) {
    this.arguments = arguments;
    this.learners = new Learner[count];
    for (int shard = 0; shard < count; shard++) {
      learners[shard] = new Learner(shard);
    }
  }

  Learner learner(int shard) {
    return learners[shard];
  }

  int count() {
    return learners.length;
  }

  /** Decisions in the merged model. */
  synchronized long mergedEvents() {
    return merge.getEvents();
  }

  /** Mean time that the merge was held a round, milliseconds. */
  synchronized double mergeMillis() {
    return merges == 0 ? 0 : mergeNanos / 1e6 / merges;
  }

  private synchronized void offer(LearnerShare.Contribution what) {
    merge =
        MergeRounds.offer(
                merge,
                ModelContribution.newBuilder()
                    .setArguments(arguments)
                    .setShard(what.shard())
                    .setLearners(learners.length)
                    .setAttempt(what.attempt())
                    .setRound(what.round())
                    .setModel(what.model())
                    .setBase(what.base())
                    .setEvents(what.events())
                    .build())
            .state();
    if (MergeRounds.isComplete(merge)) {
      long start = System.nanoTime();
      merge = MergeRounds.merge(merge, System.currentTimeMillis());
      mergeNanos += System.nanoTime() - start;
      merges++;
    }
  }

  private synchronized MergeState merged() {
    return merge;
  }

  @Override
  public void close() {
    for (Learner learner : learners) {
      learner.vowpalWabbit.close();
    }
  }

  /** One learner. One thread. */
  final class Learner {
    private final int shard;
    private final LearnerShare share;
    private VowpalWabbitLearner vowpalWabbit;

    private Learner(int shard) {
      this.shard = shard;
      this.vowpalWabbit = VowpalWabbitLearner.open(arguments, null);
      this.share =
          new LearnerShare(shard, shard + 1L, MergeShare.newBuilder().setBase(bytes()).build());
    }

    double[] learn(TasteStream.Event event) throws RejectedExampleException {
      share.learned();
      return vowpalWabbit
          .learn(event.example(), event.chosen(), -event.reward(), 1.0 / TasteStream.ITEMS)
          .probabilities();
    }

    void contribute() {
      if (share.mayContribute()) {
        offer(share.contribute(bytes()));
      }
    }

    /** Goes on from the newest merged model, if there is one that it does not know. */
    void adopt() {
      MergeState merged = merged();
      if (merged.getRound() > 0 && share.isForThis(merged.getRound(), merged.getShards(shard))) {
        share
            .adopt(merged.getRound(), merged.getShards(shard), merged.getModel(), bytes())
            .ifPresent(
                next -> {
                  vowpalWabbit.close();
                  vowpalWabbit = VowpalWabbitLearner.open(arguments, next.toByteArray());
                });
      }
    }

    private ByteString bytes() {
      return UnsafeByteOperations.unsafeWrap(vowpalWabbit.modelBytes());
    }
  }
}
