package io.waggle.app.replay;

import io.waggle.app.report.Table;
import io.waggle.v1.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the session job made of a log of interactions.
 *
 * @param events that could be used
 * @param bad lines and events that could not, by the rule they broke
 * @param refused records that the job refused, by topic and reason
 * @param subSessions the last state of each session of each user, users in the order of their names
 * @param signals matches by user and signal
 * @param seconds from the first record sent to the last session seen
 */
public record SessionReport(
    long events,
    Map<String, Long> bad,
    Map<String, Long> refused,
    List<Session> subSessions,
    Map<String, Map<String, Long>> signals,
    double seconds) {
  /** Sub-sessions that people are shown; the figures have all. */
  private static final int SHOWN = 20;

  public SessionReport {
    bad = Map.copyOf(bad);
    refused = Map.copyOf(refused);
    subSessions = List.copyOf(subSessions);
    signals = Map.copyOf(signals);
  }

  /** The report for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    long users = subSessions.stream().map(Session::getUserId).distinct().count();
    lines.add(
        String.format(
            Locale.ROOT,
            "%d events of %d users, %d sub-sessions, in %.1f s (%.0f events/s)",
            events,
            users,
            subSessions.size(),
            seconds,
            events / seconds));
    bad.forEach((reason, count) -> lines.add("  bad: " + count + " x " + reason));
    refused.forEach(
        (reason, count) -> lines.add("  refused by the job: " + count + " x " + reason));
    Table table = new Table("user", "start, ms", "end, ms", "events", "items", "by type");
    for (Session session : subSessions.subList(0, Math.min(SHOWN, subSessions.size()))) {
      table.row(
          session.getUserId(),
          Long.toString(session.getStartedMillis()),
          Long.toString(session.getLastMillis()),
          Long.toString(session.getLength()),
          Integer.toString(session.getItemHashesCount()),
          types(session));
    }
    lines.addAll(table.lines());
    if (subSessions.size() > SHOWN) {
      lines.add("... and " + (subSessions.size() - SHOWN) + " more sub-sessions (--json has all)");
    }
    signalTotals().forEach((name, count) -> lines.add("signal " + name + ": " + count));
    return lines;
  }

  /** Matches by signal. */
  public Map<String, Long> signalTotals() {
    Map<String, Long> totals = new TreeMap<>();
    signals
        .values()
        .forEach(counts -> counts.forEach((name, count) -> totals.merge(name, count, Long::sum)));
    return totals;
  }

  /** Everything as figures. */
  public Map<String, Object> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("events", events);
    figures.put("bad", bad);
    figures.put("refused", refused);
    figures.put("seconds", seconds);
    figures.put("signals", signalTotals());
    figures.put("signalsByUser", signals);
    List<Map<String, Object>> cuts = new ArrayList<>();
    for (Session session : subSessions) {
      Map<String, Object> cut = new LinkedHashMap<>();
      cut.put("user", session.getUserId());
      cut.put("startMillis", session.getStartedMillis());
      cut.put("endMillis", session.getLastMillis());
      cut.put("events", session.getLength());
      cut.put("types", new TreeMap<>(session.getTypeCountsMap()));
      cut.put("items", session.getItemHashesCount());
      cuts.add(cut);
    }
    figures.put("subSessions", cuts);
    return figures;
  }

  private static String types(Session session) {
    StringBuilder types = new StringBuilder();
    new TreeMap<>(session.getTypeCountsMap())
        .forEach(
            (type, count) ->
                types.append(types.isEmpty() ? "" : " ").append(type).append('=').append(count));
    return types.toString();
  }
}
