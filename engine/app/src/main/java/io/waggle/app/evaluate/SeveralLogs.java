package io.waggle.app.evaluate;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logs one after the other as one. One thread. */
final class SeveralLogs implements DecisionLog {
  private final List<DecisionLog> logs;
  private int current;

  /** Closes the logs with itself. */
  SeveralLogs(List<DecisionLog> logs) {
    this.logs = List.copyOf(logs);
  }

  /** Opens all; where one cannot be opened, those before it are closed. */
  static SeveralLogs open(List<LogSource> sources) throws IOException {
    List<DecisionLog> opened = new ArrayList<>();
    try {
      for (LogSource source : sources) {
        opened.add(source.open());
      }
      return new SeveralLogs(opened);
    } catch (IOException | RuntimeException e) {
      for (DecisionLog log : opened) {
        log.close();
      }
      throw e;
    }
  }

  @Override
  public @Nullable LoggedDecision next() throws IOException {
    while (current < logs.size()) {
      LoggedDecision next = logs.get(current).next();
      if (next != null) {
        return next;
      }
      current++;
    }
    return null;
  }

  /** Every log counts alike. */
  @Override
  public double progress() {
    return logs.stream().mapToDouble(DecisionLog::progress).sum() / logs.size();
  }

  @Override
  public LogCounts counts() {
    long records = 0;
    long decisions = 0;
    Map<String, Long> passedOver = new HashMap<>();
    Map<String, Long> bad = new HashMap<>();
    for (DecisionLog log : logs) {
      LogCounts counts = log.counts();
      records += counts.records();
      decisions += counts.decisions();
      counts.passedOver().forEach((reason, count) -> passedOver.merge(reason, count, Long::sum));
      counts.bad().forEach((reason, count) -> bad.merge(reason, count, Long::sum));
    }
    return new LogCounts(records, decisions, passedOver, bad);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (DecisionLog log : logs) {
      try {
        log.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
