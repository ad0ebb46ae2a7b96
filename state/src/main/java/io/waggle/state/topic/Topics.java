package io.waggle.state.topic;

import io.waggle.v1.WriterClaim;
import java.util.List;

/** The topics of the loop: names, keys and clean-up. Every part takes them from here. */
public final class Topics {
  public static final String INTERACTIONS = "interactions";
  public static final String DECISIONS = "decisions";
  public static final String REWARDS = "rewards";
  public static final String SESSIONS = "sessions";
  public static final String SIGNALS = "signals";
  public static final String RANKINGS = "rankings";
  public static final String RANK_REQUESTS = "rank-requests";
  public static final String MODELS = "models";
  public static final String EVALUATIONS = "evaluations";
  public static final String CONTROL = "control";
  public static final String EXAMPLES = "examples";
  public static final String VERSIONS = "versions";
  public static final String ITEMS = "items";
  public static final String ITEM_STATISTICS = "item-statistics";
  public static final String DEAD_LETTERS = "dead-letters";

  /** Every topic with its clean-up, in the order of the loop. */
  public static final List<Topic> ALL =
      List.of(
          new Topic(INTERACTIONS, false),
          new Topic(DECISIONS, false),
          new Topic(REWARDS, false),
          new Topic(SESSIONS, true),
          new Topic(SIGNALS, false),
          new Topic(RANKINGS, false),
          new Topic(RANK_REQUESTS, false),
          new Topic(MODELS, true),
          new Topic(EVALUATIONS, true),
          new Topic(CONTROL, true),
          new Topic(EXAMPLES, false),
          new Topic(VERSIONS, true),
          new Topic(ITEMS, true),
          new Topic(ITEM_STATISTICS, true),
          new Topic(DEAD_LETTERS, false));

  private static final String WRITER_EPOCH = "writer-epoch/";
  private static final String WRITER_CLAIM = "writer-claim/";

  private Topics() {}

  /** A topic; {@code compacted} ones keep the newest record of each key, the others go by time. */
  public record Topic(String name, boolean compacted) {}

  /** True: the topic keeps the newest record of each key, and an empty one takes the key out. */
  public static boolean isCompacted(String name) {
    return ALL.stream().anyMatch(topic -> topic.compacted() && topic.name().equals(name));
  }

  /**
   * Key of a part of a full model: {@code surface/policy/part}, of a job with an epoch {@code
   * surface/policy/epoch-N/part}, so that a job of another epoch cannot take its place.
   */
  public static String modelKey(String surface, String policy, long epoch, int part) {
    return policyModels(surface, policy, epoch) + part;
  }

  /** Key of a part of a change of a full model: the same with {@code delta/} before the part. */
  public static String modelDeltaKey(String surface, String policy, long epoch, int part) {
    return policyModels(surface, policy, epoch) + "delta/" + part;
  }

  private static String policyModels(String surface, String policy, long epoch) {
    return surface + "/" + policy + (epoch == 0 ? "/" : "/epoch-" + epoch + "/");
  }

  /** Key of the examples of one learner: {@code surface/shard}. */
  public static String exampleKey(String surface, int shard) {
    return surface + "/" + shard;
  }

  /** Key of a version in the registry: {@code surface/policy/version}. */
  public static String versionKey(String surface, String policy, long version) {
    return surface + "/" + policy + "/" + version;
  }

  /** Key of a surface's control record: {@code surface/NAME}. */
  public static String surfaceControlKey(String surface) {
    return "surface/" + surface;
  }

  /** Key of a rollback: {@code rollback/SURFACE/POLICY}. */
  public static String rollbackControlKey(String surface, String policy) {
    return "rollback/" + surface + "/" + policy;
  }

  /** Key of a pin: {@code pin/SURFACE/POLICY/VERSION}. */
  public static String pinControlKey(String surface, String policy, long version) {
    return "pin/" + versionKey(surface, policy, version);
  }

  /** Key of the record that puts an epoch in charge: {@code writer-epoch/EPOCH}. */
  public static String writerEpochControlKey(long epoch) {
    return WRITER_EPOCH + epoch;
  }

  /** True: of a record that puts an epoch in charge. */
  public static boolean isWriterEpochControlKey(String key) {
    return key.startsWith(WRITER_EPOCH);
  }

  /** Key of a learning job's claim on its epoch: {@code writer-claim/EPOCH/STARTED-ID}. */
  public static String writerClaimControlKey(WriterClaim claim) {
    return "%s%d/%d-%016x"
        .formatted(
            WRITER_CLAIM,
            claim.getEpoch(),
            claim.getRun().getStartedMillis(),
            claim.getRun().getId());
  }

  /** True: of a claim. */
  public static boolean isWriterClaimControlKey(String key) {
    return key.startsWith(WRITER_CLAIM);
  }

  /** Key of an item and of its statistics: {@code surface/item id}. A surface has no slash. */
  public static String itemKey(String surface, String itemId) {
    return surface + "/" + itemId;
  }

  /** Key of an evaluation: {@code surface/policy/segment}. */
  public static String evaluationKey(String surface, String policy, String segment) {
    return surface + "/" + policy + "/" + segment;
  }
}
