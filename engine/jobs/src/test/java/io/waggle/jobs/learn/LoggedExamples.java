package io.waggle.jobs.learn;

import io.waggle.jobs.history.PastExamples;
import io.waggle.v1.LearnedExample;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A log in memory. A cursor that has handed everything out waits until more is logged. */
final class LoggedExamples implements PastExamples {
  private static final long serialVersionUID = 1L;
  private static final long PATIENCE_SECONDS = 60;

  private final transient List<LearnedExample> log = new ArrayList<>();
  private transient CountDownLatch readToTheEnd = new CountDownLatch(1);
  private boolean exhausted;
  private String failure = "";

  /** From now on the log says that nothing more is on its way. */
  synchronized void exhaust() {
    exhausted = true;
    notifyAll();
  }

  /** The next one who opens it cannot read it. */
  synchronized void failOnce(String message) {
    failure = message;
  }

  synchronized void add(List<LearnedExample> examples) {
    log.addAll(examples);
    readToTheEnd = new CountDownLatch(1);
    notifyAll();
  }

  /** Returns when everything logged so far has been learned by who reads. */
  void awaitRead() throws InterruptedException {
    CountDownLatch end;
    synchronized (this) {
      end = readToTheEnd;
    }
    if (!end.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the log was not read to its end");
    }
  }

  @Override
  public synchronized Cursor open(String surface, int shard, long sinceMillis) {
    if (!failure.isEmpty()) {
      String message = failure;
      failure = "";
      throw new IllegalStateException(message);
    }
    int start = 0;
    while (start < log.size() && log.get(start).getLearnedMillis() < sinceMillis) {
      start++;
    }
    return new LogCursor(start, log.size());
  }

  /** Two records at a time. */
  private final class LogCursor implements Cursor {
    private final int start;
    private final int end;
    private int next;
    private boolean second;
    private boolean told;

    LogCursor(int start, int end) {
      this.start = start;
      this.end = end;
      this.next = start;
    }

    @Override
    public List<LearnedExample> next() throws InterruptedException {
      synchronized (LoggedExamples.this) {
        if (next == log.size() && second) {
          if (!exhausted || told) {
            readToTheEnd.countDown();
            LoggedExamples.this.wait();
          }
          told = exhausted;
        }
        int until = Math.min(next + 2, log.size());
        List<LearnedExample> some = List.copyOf(log.subList(next, until));
        next = until;
        return some;
      }
    }

    @Override
    public boolean atEnd() {
      return next >= end;
    }

    @Override
    public boolean exhausted() {
      synchronized (LoggedExamples.this) {
        return exhausted && next == log.size();
      }
    }

    @Override
    public void rewind() {
      next = start;
      second = true;
    }

    @Override
    public void close() {}
  }
}
