package io.waggle.state.session;

import io.waggle.v1.Session;
import io.waggle.v1.SessionSignals;
import io.waggle.v1.Signal;
import io.waggle.v1.SignalTimes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folds a signal into a user's session. Pure; any thread.
 *
 * <p>Only times are kept. How many matches are of the current session follows from them and its
 * start, wherever that comes to lie; so signals and interactions may be folded in any order. A
 * match may overtake the interactions that it is of: then there is a session without an
 * interaction, {@link #isBegun} not, which nobody sees before the first one is folded onto it.
 */
public final class SignalFold {
  /** Signals remembered, over all surfaces; the one not found for longest leaves. */
  public static final int MAX_SIGNALS = 32;

  /** Matches of a signal remembered, the newest. */
  public static final int MAX_TIMES = 16;

  private SignalFold() {}

  /** The session with the match; {@code previous} is null for a user never seen. */
  public static Session fold(@Nullable Session previous, Signal signal) {
    Session.Builder session =
        previous == null
            ? Session.newBuilder().setUserId(signal.getUserId())
            : previous.toBuilder();
    SessionSignals.Builder signals = session.getSignals().toBuilder();
    String key = signal.getSurface() + "/" + signal.getName();
    signals
        .setFolded(signals.getFolded() + 1)
        .putFound(
            key,
            with(
                signals.getFoundOrDefault(key, SignalTimes.getDefaultInstance()),
                signal.getEndedMillis()));
    if (signals.getFoundCount() > MAX_SIGNALS) {
      signals.removeFound(longestAgo(signals.getFoundMap()));
    }
    return session.setVersion(session.getVersion() + 1).setSignals(signals).build();
  }

  /** False: signals came, and no interaction yet. */
  public static boolean isBegun(Session session) {
    return interactions(session) > 0;
  }

  /** Interactions folded so far. */
  public static long interactions(Session session) {
    return session.getVersion() - session.getSignals().getFolded();
  }

  /** The newest of a signal's matches, milliseconds since 1970 UTC. */
  public static long newestMillis(SignalTimes times) {
    return times.getEndedMillis(times.getEndedMillisCount() - 1);
  }

  /** The newest interaction or match, milliseconds since 1970 UTC. */
  public static long newestEventMillis(Session session) {
    return Math.max(session.getLastMillis(), newestMillis(session));
  }

  /** When the newest match of any signal was complete; 0: there is none. */
  public static long newestMillis(Session session) {
    return session.getSignals().getFoundMap().values().stream()
        .mapToLong(SignalFold::newestMillis)
        .max()
        .orElse(0);
  }

  /** Matches in the current session, at most {@link #MAX_TIMES}. */
  public static int inSession(SignalTimes times, long startedMillis) {
    int before = 0;
    while (before < times.getEndedMillisCount() && times.getEndedMillis(before) < startedMillis) {
      before++;
    }
    return times.getEndedMillisCount() - before;
  }

  private static SignalTimes with(SignalTimes times, long endedMillis) {
    List<Long> all = new ArrayList<>(times.getEndedMillisList());
    all.add(endedMillis);
    Collections.sort(all);
    return SignalTimes.newBuilder()
        .addAllEndedMillis(all.subList(Math.max(0, all.size() - MAX_TIMES), all.size()))
        .build();
  }

  /** Of the same time the first by name: the order of a protobuf map must not decide. */
  private static String longestAgo(Map<String, SignalTimes> found) {
    String longest = "";
    long oldestMillis = Long.MAX_VALUE;
    for (Map.Entry<String, SignalTimes> entry : found.entrySet()) {
      long newestMillis = newestMillis(entry.getValue());
      if (longest.isEmpty()
          || newestMillis < oldestMillis
          || (newestMillis == oldestMillis && entry.getKey().compareTo(longest) < 0)) {
        longest = entry.getKey();
        oldestMillis = newestMillis;
      }
    }
    return longest;
  }
}
