package io.waggle.server.metric;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Says what fails again and again at once, and then once a minute for as long as it fails for the
 * same reason, with how often it was silent meanwhile. Reasons that differ in numbers alone are the
 * same; at most {@link #REASONS} are told apart, of more the oldest is forgotten. Any thread.
 */
public final class RareWarnings {
  static final int REASONS = 16;

  private static final long PAUSE_NANOS = 60_000_000_000L;

  private final Consumer<String> log;
  private final LongSupplier nanoTime;
  private final Map<String, Said> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Said> eldest) {
          return size() > REASONS;
        }
      };

  /** When a reason was told, and how often not since. */
  private record Said(long nanos, long silent) {}

  /** Warns by the log. */
  public RareWarnings(Logger log) {
    this(log::warn, System::nanoTime);
  }

  RareWarnings(Consumer<String> log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  /**
   * Something failed.
   *
   * @param what fails and what follows from it, a sentence's beginning
   * @param reason why
   */
  public void warn(String what, String reason) {
    String key = reason.replaceAll("[0-9]+", "0");
    long now = nanoTime.getAsLong();
    long silent;
    synchronized (said) {
      Said before = said.get(key);
      if (before != null && now - before.nanos() < PAUSE_NANOS) {
        said.put(key, new Said(before.nanos(), before.silent() + 1));
        return;
      }
      silent = before == null ? 0 : before.silent();
      said.put(key, new Said(now, 0));
    }
    String meanwhile = silent == 0 ? "" : " (" + silent + " times more meanwhile)";
    log.accept(what + ": " + reason + meanwhile);
  }
}
