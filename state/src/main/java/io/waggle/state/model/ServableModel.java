package io.waggle.state.model;

import com.google.protobuf.ByteString;

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
    long oldestRewardMillis) {}
