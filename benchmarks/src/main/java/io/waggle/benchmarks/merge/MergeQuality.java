package io.waggle.benchmarks.merge;

import io.waggle.core.model.RejectedExampleException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One learner and several on the same stream: what their predictions are worth, and how many
 * decisions a second they learn.
 */
final class MergeQuality {
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.05 -q ca -b 18 --quiet";

  private final TasteStream stream;

  MergeQuality(TasteStream stream) {
    this.stream = stream;
  }

  /**
   * What was seen.
   *
   * @param value mean reward of what was predicted before each decision was learned
   * @param lastValue the same over the last quarter
   * @param loss what that is below the best possible
   * @param mergedEvents decisions in the last merged model
   * @param mergeMillis a merge took, mean
   */
  record Quality(
      int learners,
      int every,
      double value,
      double lastValue,
      double loss,
      long mergedEvents,
      double mergeMillis) {}

  /**
   * Decisions in turn to each learner; all contribute when each has learned so many, and hear of
   * the merge when each has learned a tenth of that more. The same result each time.
   */
  Quality quality(int count, int every) throws RejectedExampleException {
    try (MergedLearners learners = new MergedLearners(ARGUMENTS, count)) {
      List<TasteStream.Event> events = stream.events();
      double value = 0;
      double last = 0;
      for (int i = 0; i < events.size(); i++) {
        MergedLearners.Learner learner = learners.learner(i % count);
        TasteStream.Event event = events.get(i);
        double worth = stream.value(event.user(), learner.learn(event));
        value += worth;
        last += i >= events.size() * 3 / 4 ? worth : 0;
        if (count > 1) {
          merge(learner, i / count + 1, every);
        }
      }
      double mean = value / events.size();
      double lastMean = last / (events.size() - events.size() * 3 / 4);
      return new Quality(
          count,
          every,
          mean,
          lastMean,
          stream.best() - lastMean,
          learners.mergedEvents(),
          learners.mergeMillis());
    }
  }

  private static void merge(MergedLearners.Learner learner, int learned, int every) {
    if (learned % every == 0) {
      learner.contribute();
    }
    if (learned > every && learned % every == every / 10) {
      learner.adopt();
    }
  }

  /**
   * Each learner on a thread of its own.
   *
   * @param perSecond decisions learned a second by the wall clock
   * @param perProcessorSecond decisions learned a second of one processor, what learners and merges
   *     took together: this many times the learners is what as many free processors would give
   */
  record Throughput(double perSecond, double perProcessorSecond) {}

  /** How fast so many learn the stream. */
  Throughput throughput(int count, int every) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try (MergedLearners learners = new MergedLearners(ARGUMENTS, count)) {
      long start = System.nanoTime();
      List<Future<Long>> running = new ArrayList<>();
      for (int shard = 0; shard < count; shard++) {
        int own = shard;
        running.add(
            threads.submit(
                () -> {
                  learnShare(learners, own, every);
                  return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                }));
      }
      long processorNanos = 0;
      for (Future<Long> each : running) {
        processorNanos += each.get();
      }
      double decisions = stream.events().size();
      return new Throughput(
          decisions / ((System.nanoTime() - start) / 1e9), decisions / (processorNanos / 1e9));
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private void learnShare(MergedLearners learners, int shard, int every)
      throws RejectedExampleException {
    MergedLearners.Learner learner = learners.learner(shard);
    int count = learners.count();
    int learned = 0;
    for (int i = shard; i < stream.events().size(); i += count) {
      learner.learn(stream.events().get(i));
      learned++;
      if (count > 1) {
        merge(learner, learned, every);
      }
    }
  }
}
