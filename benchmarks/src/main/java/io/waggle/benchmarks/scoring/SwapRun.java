package io.waggle.benchmarks.scoring;

import com.google.protobuf.ByteString;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.core.codec.ModelDelta;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.HdrHistogram.Histogram;

/**
 * How long a request takes while versions of the model are put into service on another thread,
 * every second one as a change to the first, and while none are. Requests come at a fixed rate and
 * their time counts from when they were due, so that a stall is paid by all that it holds up.
 */
final class SwapRun {
  private static final int ACTIONS = 50;
  private static final int FEATURES = 20;
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long SWAP_MILLIS = 200;
  private static final int VERSIONS = 8;

  private final String arguments;
  private final byte[][] versions = new byte[VERSIONS][];
  private final Example example;
  private long version;
  private double sink;

  /** Trains the versions. */
  SwapRun(int bits) throws RejectedExampleException {
    arguments = Workload.ARGUMENTS + " -b " + bits;
    Workload workload = new Workload(1);
    List<Action> actions = workload.actions(ACTIONS, FEATURES);
    Decision shared = workload.decision(1, 1);
    example = new Example(shared.getContextList(), shared.getSessionList(), actions);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < VERSIONS; i++) {
        for (int event = 0; event < 100; event++) {
          Decision decision = workload.decision(ACTIONS, FEATURES);
          learner.learn(
              Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
        }
        versions[i] = learner.modelBytes();
      }
    }
  }

  /**
   * Measures, in nanoseconds.
   *
   * @param swapping false: one version stays
   */
  Histogram run(boolean swapping, int seconds) throws InterruptedException {
    ServingModels models = new ServingModels();
    models.apply(model(versions[0]));
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper = new Thread(() -> swap(models, done), "swapper");
    if (swapping) {
      swapper.start();
    }
    Histogram histogram = new Histogram(TimeUnit.SECONDS.toNanos(60), 3);
    long start = System.nanoTime();
    long warm = start + TimeUnit.SECONDS.toNanos(1 + seconds / 4);
    long end = warm + TimeUnit.SECONDS.toNanos(seconds);
    for (long due = start; due < end; due += PERIOD_NANOS) {
      while (System.nanoTime() < due) {
        Thread.onSpinWait();
      }
      ServingModels.Served served = models.predict(Workload.SURFACE, "learner", example);
      if (served == null) {
        throw new IllegalStateException("no version is in service");
      }
      sink += served.prediction().probabilities()[0];
      if (due >= warm) {
        histogram.recordValue(System.nanoTime() - due);
      }
    }
    done.set(true);
    swapper.join();
    if (models.refused() > 0 || Double.isNaN(sink)) {
      throw new IllegalStateException("a version was refused");
    }
    return histogram;
  }

  private void swap(ServingModels models, AtomicBoolean done) {
    ModelDelta.Base base = new ModelDelta.Base(versions[0]);
    for (int i = 1; !done.get(); i = i % (VERSIONS - 1) + 1) {
      byte[] bytes = i % 2 == 0 ? versions[i] : base.apply(base.changeTo(versions[i]));
      models.apply(model(bytes));
      try {
        Thread.sleep(SWAP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private ServableModel model(byte[] bytes) {
    return new ServableModel(
        Workload.SURFACE,
        "learner",
        ++version,
        ByteString.copyFrom(bytes),
        arguments,
        0,
        0,
        0,
        0);
  }
}
