package io.waggle.core.offline;

import io.waggle.core.log.LogCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Takes candidates along a log that is read once. One thread reads ahead, at most {@value
 * #BATCHES_AHEAD} batches; the others share the candidates of a batch out among them, and begin the
 * next when all are done. A candidate sees every decision in the log's order on one thread at a
 * time, so the results do not depend on the number of threads.
 */
public final class ProgressiveEvaluation {
  /** Decisions a batch: some milliseconds of work for a learner. */
  static final int BATCH = 128;

  private static final int BATCHES_AHEAD = 4;
  private static final long PATIENCE_SECONDS = 60;

  /**
   * Sees the candidates between two batches, when no thread is at work on them; may end some.
   * Called on the thread that called {@link #run}.
   */
  @FunctionalInterface
  public interface Watcher {
    /**
     * A batch is done.
     *
     * @param occasions its decisions
     * @param share of the log that has been read, in [0, 1]
     * @param counts of what has been read
     */
    void batchDone(List<Occasion> occasions, double share, LogCounts counts);
  }

  /** Some decisions, and how far the log was read with them; a failure ends the log. */
  private record Batch(
      List<Occasion> occasions,
      double share,
      LogCounts counts,
      boolean last,
      @Nullable Exception failure) {}

  private final BlockingQueue<Batch> ahead = new ArrayBlockingQueue<>(BATCHES_AHEAD);
  private final OccasionReader reader;
  private final List<CandidateRun> runs;
  private final int threads;
  private final Watcher watcher;

  private ProgressiveEvaluation(
      OccasionReader reader, List<CandidateRun> runs, int threads, Watcher watcher) {
    this.reader = reader;
    this.runs = List.copyOf(runs);
    this.threads = Math.min(threads, Math.max(1, runs.size()));
    this.watcher = watcher;
  }

  /**
   * Reads the log to its end; closes neither it nor the candidates.
   *
   * @param threads that evaluate, besides the one that reads; at least 1
   * @return what was read
   * @throws IOException when the log cannot be read on
   */
  public static LogCounts run(
      OccasionReader reader, List<CandidateRun> runs, int threads, Watcher watcher)
      throws IOException, InterruptedException {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + " (expected: at least 1)");
    }
    return new ProgressiveEvaluation(reader, runs, threads, watcher).run();
  }

  private LogCounts run() throws IOException, InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    Future<?> reading = pool.submit(this::read);
    try {
      while (true) {
        Batch batch = ahead.take();
        rethrow(batch.failure());
        take(pool, batch.occasions());
        watcher.batchDone(batch.occasions(), batch.share(), batch.counts());
        if (batch.last()) {
          return batch.counts();
        }
      }
    } finally {
      reading.cancel(true);
      end(pool);
    }
  }

  /** Neither the log nor a candidate may be closed while a thread is inside it. */
  private static void end(ExecutorService pool) throws InterruptedException {
    pool.shutdownNow();
    if (!pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          "a thread of the evaluation does not end within " + PATIENCE_SECONDS + " s");
    }
  }

  private void take(ExecutorService pool, List<Occasion> occasions) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < runs.size(); i = next.getAndIncrement()) {
            runs.get(i).take(occasions);
          }
        };
    List<Future<?>> shares = new ArrayList<>(threads);
    for (int i = 0; i < threads; i++) {
      shares.add(pool.submit(share));
    }
    for (Future<?> each : shares) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("evaluation failed: " + e.getCause(), e);
      }
    }
  }

  /** Reads until the log ends or the thread is interrupted. */
  private void read() {
    try {
      boolean last = false;
      while (!last) {
        Batch batch = nextBatch();
        ahead.put(batch);
        last = batch.last();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Batch nextBatch() {
    List<Occasion> occasions = new ArrayList<>(BATCH);
    Exception failure = null;
    boolean last = false;
    try {
      while (occasions.size() < BATCH && !last) {
        Occasion occasion = reader.next();
        if (occasion == null) {
          last = true;
        } else {
          occasions.add(occasion);
        }
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
      last = true;
    }
    return new Batch(occasions, last ? 1 : reader.progress(), reader.counts(), last, failure);
  }

  private static void rethrow(@Nullable Exception failure) throws IOException {
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
  }
}
