package io.waggle.benchmarks.learn;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where this thread's time goes, by Flight Recorder: Java code is sampled every 10 ms and sorted by
 * the first class on its stack that names a step. Time that is not sampled is native: Vowpal
 * Wabbit. One thread.
 */
final class Profile {
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final String NATIVE = "in VW";

  /** What classes stand for, the innermost frame that fits wins. */
  private static final Map<String, String> STEPS =
      Map.of(
          "io.waggle.core.feature.PackedText", "encode",
          "io.waggle.core.feature.ExampleText", "encode",
          "io.waggle.core.feature.ExampleNumber", "encode",
          "io.waggle.core.feature.ExampleRules", "check",
          "io.waggle.core.evaluate.PolicyEvaluator", "evaluate",
          "io.waggle.core.evaluate.DriftingLowerBound", "evaluate",
          "io.waggle.core.model.VowpalWabbitLearner", "around VW",
          "com.google.protobuf.AbstractParser", "parse",
          "io.waggle.jobs.learn.ModelPublisher", "publish",
          "io.waggle.v1.LearnedExample", "write examples");

  private final Map<String, Integer> samples = new HashMap<>();
  private long nanos;
  private long startedNanos;
  private Recording recording = new Recording();

  /** Processor time of this thread. */
  static long processorNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  void start() {
    recording = new Recording();
    recording.enable("jdk.ExecutionSample").withPeriod(PERIOD);
    recording.start();
    startedNanos = System.nanoTime();
  }

  void stop() throws IOException {
    nanos += System.nanoTime() - startedNanos;
    Path file = Files.createTempFile("learn", ".jfr");
    try {
      recording.stop();
      recording.dump(file);
      for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
        count(event);
      }
    } finally {
      recording.close();
      Files.delete(file);
    }
  }

  private void count(RecordedEvent event) {
    if (!event.getEventType().getName().equals("jdk.ExecutionSample")
        || event.getThread("sampledThread").getJavaThreadId() != Thread.currentThread().getId()) {
      return;
    }
    String step = "Flink and the rest";
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      String known = STEPS.get(frame.getMethod().getType().getName());
      if (known != null) {
        step = known;
        break;
      }
    }
    samples.merge(step, 1, Integer::sum);
  }

  /** Shares of the time between the starts and the stops, descending; sum to 1. */
  Map<String, Double> shares() {
    Map<String, Double> shares = new HashMap<>();
    double rest = 1;
    for (Map.Entry<String, Integer> sample : samples.entrySet()) {
      double share = (double) sample.getValue() * PERIOD.toNanos() / nanos;
      shares.put(sample.getKey(), share);
      rest -= share;
    }
    shares.put(NATIVE, rest);
    Map<String, Double> descending = new LinkedHashMap<>();
    shares.entrySet().stream()
        .sorted(Comparator.comparing(share -> -share.getValue()))
        .forEach(share -> descending.put(share.getKey(), share.getValue()));
    return descending;
  }
}
