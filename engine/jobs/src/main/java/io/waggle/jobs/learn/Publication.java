package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.model.Learner;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.PolicyState;
import java.util.function.Supplier;

/**
 * What of a learner is known outside: its bytes as they were taken last, and the versions published
 * of them. Taking bytes stops the learner, so they are taken once for checkpoint and version. One
 * thread; metric readers see plain fields.
 */
final class Publication {
  private static final long NO_REWARD = Long.MAX_VALUE;

  private Taken taken;
  private long oldestRewardMillis = NO_REWARD;
  private long modelBytesNanos;

  private long publishedVersion;
  private long publishedEventsLearned;
  private long publishedAtMillis;
  private int publishedParts;

  /**
   * A learner's bytes, what they had learned, and when the oldest of the rewards in them that no
   * published version knows was received, and where they come from.
   */
  private record Taken(
      ByteString bytes, long eventsLearned, long oldestRewardMillis, ModelLineage lineage) {}

  /** Goes on from what was saved. */
  Publication(PolicyState state) {
    long oldest = state.getOldestRewardMillis() == 0 ? NO_REWARD : state.getOldestRewardMillis();
    this.taken = new Taken(state.getModel(), state.getEventsLearned(), oldest, state.getLineage());
    this.publishedVersion = state.getPublishedVersion();
    this.publishedEventsLearned = state.getPublishedEventsLearned();
    this.publishedParts = state.getPublishedParts();
  }

  /** A decision was learned whose newest reward was received then; 0: it had none. */
  void learned(long rewardTimeMillis) {
    if (rewardTimeMillis > 0) {
      oldestRewardMillis = Math.min(oldestRewardMillis, rewardTimeMillis);
    }
  }

  /** The learner's bytes as they are now; they cost nothing when nothing was learned since. */
  ByteString take(Learner learner, long eventsLearned, Supplier<ModelLineage> lineage) {
    if (taken.eventsLearned() < eventsLearned) {
      long startNanos = System.nanoTime();
      // Not copied: a learner's bytes are a new array each time.
      ByteString bytes = UnsafeByteOperations.unsafeWrap(learner.modelBytes());
      modelBytesNanos = System.nanoTime() - startNanos;
      taken =
          new Taken(
              bytes,
              eventsLearned,
              Math.min(taken.oldestRewardMillis(), oldestRewardMillis),
              lineage.get());
      oldestRewardMillis = NO_REWARD;
    }
    return taken.bytes();
  }

  /** The bytes taken last. */
  ByteString bytes() {
    return taken.bytes();
  }

  /** The learner was put back to an earlier version's bytes. */
  void wentBackTo(ByteString bytes, long eventsLearned, ModelLineage lineage) {
    taken = new Taken(bytes, eventsLearned, NO_REWARD, lineage);
    oldestRewardMillis = NO_REWARD;
  }

  /**
   * The bytes taken last went to the merge.
   *
   * @return when the oldest of the rewards in them that had not gone there was received; 0: none
   */
  long contributed() {
    long oldest = orZero(taken.oldestRewardMillis());
    taken = new Taken(taken.bytes(), taken.eventsLearned(), NO_REWARD, taken.lineage());
    return oldest;
  }

  /** The learner goes on from bytes that the others had a part in, of that version. */
  void merged(ByteString bytes, long eventsLearned, ModelLineage lineage, long version) {
    taken = new Taken(bytes, eventsLearned, taken.oldestRewardMillis(), lineage);
    publishedVersion = version;
    publishedParts = Math.max(publishedParts, ModelParts.count(bytes.size()));
  }

  /**
   * The bytes taken last as a new version.
   *
   * @param parentVersion the version that it goes on from
   * @param epoch the job's
   */
  ServableModel publish(
      String surface,
      String policy,
      String arguments,
      long parentVersion,
      long epoch,
      long nowMillis) {
    long version = ModelVersions.next(epoch, publishedVersion, nowMillis);
    ModelLineage lineage =
        taken.lineage().toBuilder()
            .setSurface(surface)
            .setPolicy(policy)
            .setVersion(version)
            .setParentVersion(parentVersion)
            .setArguments(arguments)
            .setChecksum(ModelParts.checksum(taken.bytes()))
            .setModelBytes(taken.bytes().size())
            .setEventsLearned(taken.eventsLearned())
            .setCreatedMillis(nowMillis)
            .build();
    ServableModel model =
        new ServableModel(
            surface,
            policy,
            version,
            taken.bytes(),
            arguments,
            taken.eventsLearned(),
            nowMillis,
            parentVersion,
            orZero(taken.oldestRewardMillis()),
            lineage);
    // The next version has a cause of its own.
    ModelLineage known = taken.lineage().toBuilder().clearCause().clearCauseDetail().build();
    taken = new Taken(taken.bytes(), taken.eventsLearned(), NO_REWARD, known);
    publishedVersion = version;
    publishedEventsLearned = taken.eventsLearned();
    publishedAtMillis = nowMillis;
    publishedParts = Math.max(publishedParts, ModelParts.count(taken.bytes().size()));
    return model;
  }

  /** Decisions learned by the newest version. */
  long publishedEventsLearned() {
    return publishedEventsLearned;
  }

  /** True: bytes newer than the published version are at hand, a checkpoint took them. */
  boolean newerBytesAtHand() {
    return taken.eventsLearned() > publishedEventsLearned;
  }

  /** Everything, for a checkpoint; the model's bytes are those taken last. */
  void save(PolicyState.Builder state) {
    state
        .setModel(taken.bytes())
        .setLineage(taken.lineage())
        .setChecksum(ModelParts.checksum(taken.bytes()))
        .setPublishedVersion(publishedVersion)
        .setPublishedEventsLearned(publishedEventsLearned)
        .setPublishedParts(publishedParts)
        .setOldestRewardMillis(orZero(taken.oldestRewardMillis()));
  }

  /** Newest version; 0: none. */
  long publishedVersion() {
    return publishedVersion;
  }

  /** When it was published last since the operator started; 0: not yet. */
  long publishedAtMillis() {
    return publishedAtMillis;
  }

  /** Most parts that a version had. */
  int publishedParts() {
    return publishedParts;
  }

  /** What taking the bytes cost the last time. */
  long modelBytesNanos() {
    return modelBytesNanos;
  }

  private static long orZero(long rewardMillis) {
    return rewardMillis == NO_REWARD ? 0 : rewardMillis;
  }
}
