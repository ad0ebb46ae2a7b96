package io.waggle.core.parquet;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.JoinedRules;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LogTally;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.parquet.LogFiles.LogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.RecordReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a decision log: one Parquet file, or a directory of them as the learning job writes it.
 *
 * <p>Order: the partitions by hour and then by surface; in a partition the files by their smallest
 * event time and then by name; in a file the rows as written, which is the order in which their
 * windows closed. The same files are always read in the same order.
 *
 * <p>Nothing that is in a file stops the reading: a file that is none counts as one bad record, the
 * rest of a row group whose pages are damaged as its rows, a row that breaks a rule as itself. Rows
 * that the filter does not want are no records. A decision that an earlier file of its folder has,
 * as another job that logs into the same directory writes it, is passed over ({@link
 * KnownDecisions}). One thread; one row group in memory.
 */
public final class ParquetDecisionLog implements DecisionLog {
  /** Why a row is passed over. */
  static final String TWICE = "there twice: more than one job, or a copy, is in this directory";

  private final LogFilter filter;
  private final JoinedRules rules = new JoinedRules();
  private final LogTally tally = new LogTally();
  private final Deque<List<LogFile>> folders;
  private final Deque<LogFile> files = new ArrayDeque<>();
  private final long totalBytes;
  private long doneBytes;
  private @Nullable Cursor cursor;

  /** Of the folder; null: it has one file, in which nothing is twice. */
  private @Nullable KnownDecisions known;

  private ParquetDecisionLog(List<List<LogFile>> folders, LogFilter filter) {
    this.folders = new ArrayDeque<>(folders);
    this.filter = filter;
    this.totalBytes = folders.stream().flatMap(List::stream).mapToLong(LogFile::bytes).sum();
  }

  /**
   * Opens a log.
   *
   * @param path a file, or a directory
   * @throws IOException when there is nothing there
   */
  public static ParquetDecisionLog open(Path path, LogFilter filter) throws IOException {
    return new ParquetDecisionLog(LogFiles.list(path, filter), filter);
  }

  /** Where in a file it is. */
  private static final class Cursor {
    private final ParquetFile file;
    private final long bytes;
    private int group;
    private long left;
    private @Nullable RecordReader<Group> rows;

    Cursor(ParquetFile file, long bytes) {
      this.file = file;
      this.bytes = bytes;
    }
  }

  @Override
  public @Nullable LoggedDecision next() throws IOException {
    while (true) {
      Cursor at = cursor;
      if (at == null) {
        if (!nextFile()) {
          return null;
        }
      } else if (at.left == 0) {
        nextGroup(at);
      } else {
        LoggedDecision row = nextRow(at);
        if (row != null) {
          tally.decision();
          return row;
        }
      }
    }
  }

  /** Goes to the next file; false: there is none. */
  private boolean nextFile() {
    while (files.isEmpty()) {
      List<LogFile> folder = folders.poll();
      if (folder == null) {
        return false;
      }
      files.addAll(sorted(folder));
      known = folder.size() > 1 ? new KnownDecisions() : null;
    }
    LogFile next = files.remove();
    try {
      cursor = new Cursor(ParquetFile.open(next.path()), next.bytes());
    } catch (IOException e) {
      doneBytes += next.bytes();
      tally.bad(reason(e));
    }
    return true;
  }

  /** One that cannot be read now is counted when its turn comes. */
  private static List<LogFile> sorted(List<LogFile> folder) {
    Map<LogFile, Long> smallest = new HashMap<>();
    if (folder.size() > 1) {
      for (LogFile each : folder) {
        try (ParquetFile file = ParquetFile.open(each.path())) {
          smallest.put(each, file.smallestEventTime());
        } catch (IOException e) {
          smallest.put(each, Long.MAX_VALUE);
        }
      }
    }
    List<LogFile> sorted = new ArrayList<>(folder);
    sorted.sort(
        Comparator.<LogFile>comparingLong(file -> smallest.getOrDefault(file, 0L))
            .thenComparing(file -> file.path().toString()));
    return sorted;
  }

  private void nextGroup(Cursor at) throws IOException {
    if (at.group == at.file.groups()) {
      at.file.close();
      doneBytes += at.bytes;
      cursor = null;
      return;
    }
    long rows = at.file.rows(at.group);
    try {
      at.rows = at.file.read(at.group);
      at.left = rows;
    } catch (IOException | RuntimeException e) {
      tally.bad(reason(e), rows);
    }
    at.group++;
  }

  private @Nullable LoggedDecision nextRow(Cursor at) {
    Group row;
    try {
      row = at.rows == null ? null : at.rows.read();
    } catch (RuntimeException e) {
      tally.bad("row group: not readable", at.left);
      at.left = 0;
      return null;
    }
    at.left--;
    if (row == null) {
      tally.bad("row group: fewer rows than the file says");
      return null;
    }
    LoggedDecision decision;
    try {
      decision = RowReader.decision(row);
    } catch (IllegalArgumentException e) {
      tally.bad(reason(e));
      return null;
    } catch (RuntimeException e) {
      tally.bad("row: a column is not of its type");
      return null;
    }
    if (!filter.wants(decision.joined().getDecision())) {
      return null;
    }
    String problem = rules.problem(decision.joined());
    if (problem != null) {
      tally.bad(problem);
      return null;
    }
    if (known != null && !known.isNew(decision.joined().getDecision())) {
      tally.passedOver(TWICE);
      return null;
    }
    return decision;
  }

  private static String reason(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  @Override
  public double progress() {
    double reading = 0;
    if (cursor != null && cursor.file.groups() > 0) {
      reading = (double) cursor.bytes * cursor.group / cursor.file.groups();
    }
    return totalBytes == 0 ? 1 : (doneBytes + reading) / totalBytes;
  }

  @Override
  public LogCounts counts() {
    return tally.counts();
  }

  @Override
  public void close() throws IOException {
    if (cursor != null) {
      cursor.file.close();
      cursor = null;
    }
  }
}
