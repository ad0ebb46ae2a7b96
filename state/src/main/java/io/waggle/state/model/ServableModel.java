package io.waggle.state.model;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelLineage;

/**
 * One whole model version, its checksum verified.
 *
 * @param version strictly growing per policy, see {@code ModelSnapshot.version}
 * @param bytes the learner's own bytes
 * @param eventsLearned decisions learned by this version
 * @param createdMillis when it was taken
 * @param parentVersion the version before; 0: none
 * @param oldestRewardMillis when the oldest of the rewards that this version is the first to know
 *     was received by the join; 0: none
 * @param lineage where it comes from; empty where nobody said
 */
public record ServableModel(
    String surface,
    String policy,
    long version,
    ByteString bytes,
    String arguments,
    long eventsLearned,
    long createdMillis,
    long parentVersion,
    long oldestRewardMillis,
    ModelLineage lineage) {

  /** A version that nobody said the lineage of. */
  public ServableModel(
      String surface,
      String policy,
      long version,
      ByteString bytes,
      String arguments,
      long eventsLearned,
      long createdMillis,
      long parentVersion,
      long oldestRewardMillis) {
    this(
        surface,
        policy,
        version,
        bytes,
        arguments,
        eventsLearned,
        createdMillis,
        parentVersion,
        oldestRewardMillis,
        ModelLineage.getDefaultInstance());
  }
}
