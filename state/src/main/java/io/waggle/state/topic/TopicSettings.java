package io.waggle.state.topic;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an installation decides about its topics; the rest follows from what is in them.
 *
 * @param partitions of topics keyed by user, decision or item, at least 1: the most subtasks that
 *     read one at a time
 * @param replicas copies of each partition, 1 to 32767
 * @param minInSyncReplicas copies that have a record before it is acknowledged, 1 to {@code
 *     replicas}
 * @param retention how long topics that are not compacted keep their records; null: for ever
 * @param disk how the segments are cut
 */
public record TopicSettings(
    int partitions, int replicas, int minInSyncReplicas, @Nullable Duration retention, Disk disk) {
  /**
   * Largest record of any topic, bytes: a decision of the largest request, and to spare. Producers
   * refuse more, topics have to take so much.
   */
  public static final int RECORD_BYTES_MAX = 8 << 20;

  /** What records are kept for: a job that was away a weekend finds all that it missed. */
  public static final Duration RETENTION = Duration.ofDays(7);

  /** How much disk there is. */
  public enum Disk {
    /** A laptop: small segments, and at most 1 GiB a partition of what is not compacted. */
    SMALL,
    /** Brokers with disks of their own: time alone is the bound. */
    LARGE
  }

  public TopicSettings {
    check(partitions >= 1 && partitions <= 10_000, "partitions", partitions, "1 to 10000");
    check(replicas >= 1 && replicas <= Short.MAX_VALUE, "replicas", replicas, "1 to 32767");
    check(
        minInSyncReplicas >= 1 && minInSyncReplicas <= replicas,
        "minInSyncReplicas",
        minInSyncReplicas,
        "1 to " + replicas + ", as many as there are replicas");
    check(
        retention == null || retention.compareTo(Duration.ofHours(1)) >= 0,
        "retention",
        String.valueOf(retention),
        "at least PT1H");
  }

  /** One broker on a laptop: two partitions, one replica, seven days. */
  public static TopicSettings embedded() {
    return new TopicSettings(2, 1, 1, RETENTION, Disk.SMALL);
  }

  /** The same where what is read may be years old and is still wanted. */
  public TopicSettings forEver() {
    return new TopicSettings(partitions, replicas, minInSyncReplicas, null, disk);
  }

  /** The same with so many partitions. */
  public TopicSettings withPartitions(int count) {
    return new TopicSettings(count, replicas, minInSyncReplicas, retention, disk);
  }

  private static void check(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
