package io.waggle.server.wire;

import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import io.waggle.core.rule.Violation;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The checks every method makes before it does anything. Any thread. */
public final class RequestChecks {
  private final Function<Message, List<Violation>> rules;
  private final Supplier<Surfaces> surfaces;
  private final InstantSource clock;
  private final Duration maxFutureTime;
  private final Duration maxEventAge;

  /**
   * Checks against the contracts' rules, the surfaces as they are now, and the clock.
   *
   * @param rules broken rules of a message; empty: valid
   * @param maxFutureTime how far ahead of the clock an event may be
   * @param maxEventAge how old an event may be
   */
  public RequestChecks(
      Function<Message, List<Violation>> rules,
      Supplier<Surfaces> surfaces,
      InstantSource clock,
      Duration maxFutureTime,
      Duration maxEventAge) {
    this.rules = rules;
    this.surfaces = surfaces;
    this.clock = clock;
    this.maxFutureTime = maxFutureTime;
    this.maxEventAge = maxEventAge;
  }

  /**
   * Holds a request against the contract's rules.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT, naming field and rule
   */
  public void valid(Message request) {
    List<Violation> violations = rules.apply(request);
    if (!violations.isEmpty()) {
      throw Refusal.invalid(violations);
    }
  }

  /**
   * The surface of that name.
   *
   * @param field where the request names it
   * @throws StatusRuntimeException NOT_FOUND
   */
  public Surface surface(String field, String name) {
    Surface surface = surfaces.get().find(name);
    if (surface == null) {
      throw Refusal.unknownSurface(field, name);
    }
    return surface;
  }

  /**
   * The event's time, or now where it is 0; milliseconds since 1970 UTC. One that is ahead of the
   * clock is now too: what has been told has happened, and a client's fast clock must not move the
   * event time of others.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT when it is too far ahead or too old
   */
  public long eventTimeMillis(String field, long millis) {
    long now = clock.millis();
    if (millis == 0) {
      return now;
    }
    var unused = timeMillis(field, millis);
    if (millis < now - maxEventAge.toMillis()) {
      throw Refusal.invalid(
          field,
          "must be at most "
              + maxEventAge.toSeconds()
              + " s old; is "
              + (now - millis) / 1_000
              + " s old (unit: milliseconds since 1970 UTC)");
    }
    return Math.min(millis, now);
  }

  /**
   * A time of any age, or now where it is 0; milliseconds since 1970 UTC.
   *
   * @throws StatusRuntimeException INVALID_ARGUMENT when it is too far ahead
   */
  public long timeMillis(String field, long millis) {
    long now = clock.millis();
    if (millis > now + maxFutureTime.toMillis()) {
      throw Refusal.invalid(
          field,
          "must be at most "
              + maxFutureTime.toSeconds()
              + " s ahead of the service's clock; is "
              + (millis - now) / 1_000
              + " s ahead (unit: milliseconds since 1970 UTC)");
    }
    return millis == 0 ? now : millis;
  }
}
