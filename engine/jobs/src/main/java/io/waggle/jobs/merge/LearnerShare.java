package io.waggle.jobs.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.codec.ModelMerge;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.v1.MergeShare;
import io.waggle.v1.ShardProgress;
import java.util.Optional;

/**
 * One learner's side of the merges: what of its model the others know. It contributes its model,
 * goes on learning, and when the merged model arrives it takes that and puts on top what it has
 * learned since. One thread.
 *
 * <p>Exactly once: what it learned is in one of three places, and the counts say how much: in the
 * merged model it stands on, in a contribution it has not heard of, or only in its own model. A
 * merged model says for each learner up to which round its contributions were taken; so a learner
 * knows whether the one it waits for is in it, however many merged models it missed. A merged model
 * of an attempt that was lost in a crash names other attempts and is not taken: after a restart
 * every learner draws a new one and says so with a question.
 */
public final class LearnerShare {
  private final int shard;
  private final long attempt;

  private long round;
  private ByteString base;
  private ByteString contributed;
  private long contributedEvents;
  private long events;
  private final long generation;
  private final long baseEvents;

  /**
   * Goes on from what was saved; of a new learner {@link MergeShare#getDefaultInstance} with the
   * bytes it began from as base.
   *
   * @param attempt drawn at random at each start; not 0
   */
  public LearnerShare(int shard, long attempt, MergeShare saved) {
    this.shard = shard;
    this.attempt = attempt;
    this.round = saved.getRound();
    this.base = saved.getBase();
    this.contributed = saved.getContributed();
    this.contributedEvents = saved.getContributedEvents();
    this.events = saved.getEvents();
    this.generation = saved.getGeneration();
    this.baseEvents = saved.getBaseEvents();
  }

  /** A decision was learned. */
  public void learned() {
    events++;
  }

  /** Decisions learned that no merged model is known to hold. */
  public long unmerged() {
    return contributedEvents + events;
  }

  /** True: it waits to hear of its contribution, and may not make another. */
  public boolean waits() {
    return !contributed.isEmpty();
  }

  /** True: there is something to contribute, and nothing is under way. */
  public boolean mayContribute() {
    return events > 0 && !waits();
  }

  /**
   * Contributes the model as it is.
   *
   * @throws IllegalStateException when one is under way
   */
  public Contribution contribute(ByteString model) {
    if (waits()) {
      throw new IllegalStateException("contribution: one is under way");
    }
    contributed = model;
    contributedEvents = events;
    events = 0;
    return pending();
  }

  /**
   * The contribution under way once more, or without one a question for the newest merged model.
   */
  public Contribution pending() {
    return new Contribution(
        shard,
        attempt,
        round + 1,
        contributed,
        round == 0 ? base : ByteString.EMPTY,
        contributedEvents);
  }

  /**
   * Takes a merged model that is newer than the one it stands on and for this attempt.
   *
   * @param merged the merged model's bytes
   * @param now the learner's bytes
   * @return the bytes to go on from; empty: it is not for this learner, nothing was done
   * @throws IllegalArgumentException when the models are not of one kind of learner
   */
  public Optional<ByteString> adopt(
      long mergedRound, ShardProgress progress, ByteString merged, ByteString now) {
    if (!isForThis(mergedRound, progress)) {
      return Optional.empty();
    }
    boolean taken = waits() && progress.getTakenRound() > round;
    ByteString known = taken ? contributed : base;
    ByteString next =
        UnsafeByteOperations.unsafeWrap(
            ModelMerge.rebase(parse(merged), parse(known), parse(now)).bytes());
    events = taken ? events : contributedEvents + events;
    contributedEvents = 0;
    contributed = ByteString.EMPTY;
    base = merged;
    round = mergedRound;
    return Optional.of(next);
  }

  /** Which beginning it goes on from. */
  public long generation() {
    return generation;
  }

  /** Decisions that the bytes it began from had learned. */
  public long baseEvents() {
    return baseEvents;
  }

  /** True: {@link #adopt} would take it. */
  public boolean isForThis(long mergedRound, ShardProgress progress) {
    return mergedRound > round && progress.getAttempt() == attempt;
  }

  /** Everything, for a checkpoint. */
  public MergeShare save() {
    return MergeShare.newBuilder()
        .setRound(round)
        .setBase(base)
        .setContributed(contributed)
        .setContributedEvents(contributedEvents)
        .setEvents(events)
        .setGeneration(generation)
        .setBaseEvents(baseEvents)
        .build();
  }

  private static VowpalWabbitModel parse(ByteString bytes) {
    return VowpalWabbitModel.parse(bytes.toByteArray());
  }

  /**
   * What goes to the merge.
   *
   * @param model empty: a question
   * @param base in the first round what every learner began from; else empty
   */
  public record Contribution(
      int shard, long attempt, long round, ByteString model, ByteString base, long events) {}
}
