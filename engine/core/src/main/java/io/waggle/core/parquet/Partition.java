package io.waggle.core.parquet;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;

/** Where a decision's row lies: {@code surface=NAME/hour=YYYY-MM-DD-HH}, UTC. Pure. */
public final class Partition {
  private static final String SURFACE = "surface=";
  private static final String HOUR = "hour=";
  private static final DateTimeFormatter HOURS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd-HH", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Partition() {}

  /**
   * The folder of a decision.
   *
   * @param surface a configured one: its name is safe in a path
   * @param eventTimeMillis milliseconds since 1970 UTC
   */
  public static String of(String surface, long eventTimeMillis) {
    return SURFACE + surface + "/" + HOUR + HOURS.format(Instant.ofEpochMilli(eventTimeMillis));
  }

  /** The surface that a path names; empty: none. */
  static Optional<String> surfaceOf(Path path) {
    return value(path, SURFACE);
  }

  /** The hour that a path names, as it stands there; empty text: none. Sorts by time. */
  static String hourOf(Path path) {
    return value(path, HOUR).orElse("");
  }

  /** When the hour that a path names begins; empty: it names none. */
  static Optional<Instant> startOf(Path path) {
    try {
      return value(path, HOUR).map(hour -> HOURS.parse(hour, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> value(Path path, String prefix) {
    for (Path name : path) {
      if (name.toString().startsWith(prefix)) {
        return Optional.of(name.toString().substring(prefix.length()));
      }
    }
    return Optional.empty();
  }
}
