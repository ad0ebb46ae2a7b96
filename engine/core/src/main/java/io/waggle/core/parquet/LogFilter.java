package io.waggle.core.parquet;

import io.waggle.v1.Decision;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which decisions of a log are wanted.
 *
 * @param surface of this surface; null: of all
 * @param from made then or later; null: from the first on
 * @param until made before then; null: to the last
 */
public record LogFilter(@Nullable String surface, @Nullable Instant from, @Nullable Instant until) {
  /** All of them. */
  public static final LogFilter ALL = new LogFilter(null, null, null);

  public LogFilter {
    if (from != null && until != null && !from.isBefore(until)) {
      throw new IllegalArgumentException(
          "until: %s (expected: after from, %s)".formatted(until, from));
    }
  }

  boolean wants(Decision decision) {
    Instant made = Instant.ofEpochMilli(decision.getEventTimeMillis());
    return (surface == null || surface.equals(decision.getSurface()))
        && (from == null || !made.isBefore(from))
        && (until == null || made.isBefore(until));
  }

  /** False: by its name a folder holds nothing that is wanted. */
  boolean mayHold(Path folder) {
    Optional<String> ofSurface = Partition.surfaceOf(folder);
    if (surface != null && ofSurface.isPresent() && !ofSurface.get().equals(surface)) {
      return false;
    }
    Optional<Instant> start = Partition.startOf(folder);
    return start.isEmpty()
        || ((until == null || start.get().isBefore(until))
            && (from == null || start.get().plus(Duration.ofHours(1)).isAfter(from)));
  }
}
