package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.jobs.merge.LearnerShare;
import io.waggle.v1.MergeShare;
import io.waggle.v1.MergedModel;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.PolicyState;
import io.waggle.v1.ShardProgress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A policy's side of the merges where several learners share it: when it contributes or asks, and
 * what it takes of the others. One thread.
 */
final class SharedLearning {
  /** It asks again when it has not heard of a contribution for this long. */
  static final long PATIENCE_MILLIS = 10_000;

  private final Seat seat;
  private LearnerShare share;
  private boolean asks;
  private long sentAtMillis;

  /**
   * Goes on from what was saved; a policy that begins now goes on from the bytes that every learner
   * begins with.
   *
   * @param bytes the learner's; empty: it does not start
   */
  SharedLearning(Seat seat, PolicyState state, Supplier<ByteString> bytes) {
    this.seat = seat;
    this.asks = state.hasShare();
    this.share =
        state.hasShare()
            ? new LearnerShare(seat.shard(), seat.attempt(), state.getShare())
            : begin(seat.generation(), bytes.get(), 0);
  }

  private LearnerShare begin(long generation, ByteString base, long baseEvents) {
    return new LearnerShare(
        seat.shard(),
        seat.attempt(),
        MergeShare.newBuilder()
            .setGeneration(generation)
            .setBase(base)
            .setBaseEvents(baseEvents)
            .build());
  }

  /** All learners go on from those bytes, and what was not merged is forgotten. */
  void beginAgain(long generation, ByteString base, long baseEvents) {
    share = begin(generation, base, baseEvents);
    asks = true;
  }

  void learned() {
    share.learned();
  }

  /** True: it has to ask what became of its contribution, or to tell that it is there. */
  boolean mustAsk(long nowMillis) {
    return asks || (share.waits() && nowMillis >= sentAtMillis + PATIENCE_MILLIS);
  }

  /** True: something was learned that was not contributed, and nothing is under way. */
  boolean mayContribute() {
    return share.mayContribute();
  }

  /** When it contributed or asked last; 0: not since the operator started. */
  long sentAtMillis() {
    return sentAtMillis;
  }

  /** When there is something to do next; {@link Long#MAX_VALUE}: nothing. */
  long dueMillis(PublishPacer pacer, long nowMillis) {
    if (asks) {
      return nowMillis;
    }
    if (share.mayContribute()) {
      return Math.max(pacer.nextPublishMillis(sentAtMillis), pacer.nextTakeMillis());
    }
    // The answer sets no timer: what was learned meanwhile would stay here if nothing else came.
    return share.waits() ? pacer.nextPublishMillis(nowMillis) : Long.MAX_VALUE;
  }

  /** The learner's bytes for the merge; surface, policy and arguments are the caller's. */
  ModelContribution.Builder contribute(ByteString model, long nowMillis) {
    return message(share.contribute(model), nowMillis);
  }

  /** What is under way once more, or a question; filled in as above. */
  ModelContribution.Builder ask(long nowMillis) {
    return message(share.pending(), nowMillis);
  }

  private ModelContribution.Builder message(
      LearnerShare.Contribution contribution, long nowMillis) {
    asks = false;
    sentAtMillis = nowMillis;
    return ModelContribution.newBuilder()
        .setShard(seat.shard())
        .setLearners(seat.learners())
        .setAttempt(contribution.attempt())
        .setRound(contribution.round())
        .setModel(contribution.model())
        .setBase(contribution.base())
        .setEvents(contribution.events())
        .setGeneration(share.generation())
        .setBaseEvents(share.baseEvents());
  }

  /**
   * Takes a merged model.
   *
   * @param now the learner's bytes
   * @return the bytes to go on from; empty: it is not for this learner
   * @throws IllegalArgumentException when the models are not of one kind of learner
   */
  Optional<ByteString> adopt(MergedModel merged, Supplier<ByteString> now) {
    if (merged.getGeneration() != share.generation()
        || merged.getShardsCount() != seat.learners()) {
      return Optional.empty();
    }
    ShardProgress progress = merged.getShards(seat.shard());
    return share.isForThis(merged.getRound(), progress)
        ? share.adopt(merged.getRound(), progress, merged.getModel(), now.get())
        : Optional.empty();
  }

  /** Decisions learned that no merged model is known to hold. */
  long unmerged() {
    return share.unmerged();
  }

  /** For a checkpoint. */
  MergeShare save() {
    return share.save();
  }
}
