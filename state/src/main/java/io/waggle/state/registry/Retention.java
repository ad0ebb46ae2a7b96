package io.waggle.state.registry;

import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which versions of a policy go. The newest {@code keep} stay, so the one that serves does; of the
 * older ones the first of each hour stays until it is {@code keepFor} old; pinned ones stay. So a
 * policy holds at most {@code keep} + hours in {@code keepFor} + 1 versions and the pinned ones.
 * Pure.
 *
 * @param keep at least 1
 * @param keepFor longer than nothing
 */
public record Retention(int keep, Duration keepFor) implements Serializable {
  /** The last 30, and one an hour for a week. */
  public static final Retention DEFAULT = new Retention(30, Duration.ofDays(7));

  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  public Retention {
    if (keep < 1) {
      throw new IllegalArgumentException("keep: %d (expected: at least 1)".formatted(keep));
    }
    if (keepFor.isNegative() || keepFor.isZero()) {
      throw new IllegalArgumentException(
          "keepFor: %s (expected: longer than nothing)".formatted(keepFor));
    }
  }

  /**
   * The versions that go, oldest first.
   *
   * @param kept every version of one policy, in any order
   */
  public List<RegisteredModel> expired(List<RegisteredModel> kept, long nowMillis) {
    List<RegisteredModel> oldestFirst = new ArrayList<>(kept);
    oldestFirst.sort(Comparator.comparingLong(model -> model.getLineage().getVersion()));
    Set<Long> hours = new HashSet<>();
    List<RegisteredModel> expired = new ArrayList<>();
    for (RegisteredModel model : oldestFirst.subList(0, Math.max(0, oldestFirst.size() - keep))) {
      ModelLineage lineage = model.getLineage();
      boolean old = lineage.getCreatedMillis() < nowMillis - keepFor.toMillis();
      boolean firstOfItsHour = !old && hours.add(lineage.getCreatedMillis() / HOUR_MILLIS);
      if (!model.getPinned() && !firstOfItsHour) {
        expired.add(model);
      }
    }
    return expired;
  }
}
