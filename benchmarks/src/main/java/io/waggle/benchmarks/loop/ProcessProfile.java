package io.waggle.benchmarks.loop;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where this process's processor time goes between {@link #start} and {@link #stop}: by group of
 * threads, as the threads' own clocks say, and within a group by step, as stacks say that are
 * looked at every {@value #PERIOD_MILLIS} ms. A stack counts where its thread runs; the innermost
 * frame that names a step wins.
 *
 * <p>Stacks by Flight Recorder would not do: it looks at one thread in native code at a time, and
 * half of a stateful operator is RocksDB.
 *
 * <p>Started and stopped by one thread; looks at the stacks on its own. A look stops all threads
 * for less than a millisecond.
 */
public final class ProcessProfile {
  private static final int PERIOD_MILLIS = 10;
  private static final int DEPTH = 80;
  private static final String OTHER_THREADS = "other threads";
  private static final String NO_JAVA = "JVM, other";
  private static final String OWN_THREAD = "waggle-profile";
  private static final String REST = "Flink and the rest";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** What frames stand for: a class's method, or a prefix of the class's name. */
  private static final Map<String, String> STEPS =
      Map.of(
          "io.waggle.state.serializer.ProtoSerializer#deserialize", "parse messages",
          "io.waggle.jobs.record.RecordDecoder$Decoding#parse", "parse messages",
          "io.waggle.state.serializer.ProtoSerializer#serialize", "write messages",
          "io.waggle.jobs.record.TopicRecords#serialize", "write messages");

  private static final Map<String, String> PREFIXES =
      Map.of(
          "org.rocksdb.", "RocksDB",
          "org.apache.flink.state.rocksdb.", "around RocksDB",
          "org.apache.kafka.clients.", "Kafka client",
          "org.apache.flink.runtime.io.network.", "hand over",
          "org.apache.flink.streaming.api.operators.InternalTimer", "timers");

  /** Threads that run as long as there is nothing to do. */
  private static final List<String> IDLE = List.of("sun.nio.ch.EPoll", "sun.nio.ch.Net");

  /**
   * A part of the processor time.
   *
   * @param threads the group
   * @param step of the group; empty where it is not told apart
   */
  public record Part(String threads, String step, double seconds) {}

  private final Map<String, String> groups;
  private final Map<String, Map<String, Integer>> samples = new HashMap<>();
  private final Map<Long, Long> cpuBefore = new HashMap<>();
  private Map<String, Double> nativeBefore = Map.of();
  private long processBefore;
  private volatile boolean running = true;
  private @Nullable Thread sampler;

  /**
   * Not started.
   *
   * @param groups a group's name by what its threads' names contain
   */
  public ProcessProfile(Map<String, String> groups) {
    this.groups = Map.copyOf(groups);
  }

  /** Processor time of this process, all threads, nanoseconds. */
  public static long processNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Begins. */
  public void start() {
    for (long id : THREADS.getAllThreadIds()) {
      cpuBefore.put(id, THREADS.getThreadCpuTime(id));
    }
    nativeBefore = NativeThreads.seconds();
    processBefore = processNanos();
    sampler = new Thread(this::sample, OWN_THREAD);
    sampler.setDaemon(true);
    sampler.start();
  }

  private void sample() {
    try {
      while (running) {
        for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds(), DEPTH)) {
          if (thread != null && thread.getThreadState() == Thread.State.RUNNABLE) {
            add(group(thread.getThreadName()), thread.getStackTrace());
          }
        }
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void add(String group, StackTraceElement[] frames) {
    if (frames.length > 0 && IDLE.stream().noneMatch(frames[0].getClassName()::startsWith)) {
      samples.computeIfAbsent(group, any -> new HashMap<>()).merge(step(frames), 1, Integer::sum);
    }
  }

  static String step(StackTraceElement[] frames) {
    for (StackTraceElement frame : frames) {
      String step = step(frame);
      if (step != null) {
        return step;
      }
    }
    return REST;
  }

  private static @Nullable String step(StackTraceElement frame) {
    String name = frame.getClassName();
    String method = STEPS.get(name + "#" + frame.getMethodName());
    if (method != null) {
      return method;
    }
    for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
      if (name.startsWith(prefix.getKey())) {
        return prefix.getValue();
      }
    }
    // Our own code by its package; generated messages stand for whoever uses them.
    if (name.startsWith("io.waggle.") && !name.startsWith("io.waggle.v1.")) {
      return name.substring("io.waggle.".length(), name.lastIndexOf('.'));
    }
    return null;
  }

  private String group(String thread) {
    for (Map.Entry<String, String> group : groups.entrySet()) {
      if (thread.contains(group.getKey())) {
        return group.getValue();
      }
    }
    return OTHER_THREADS;
  }

  /** Ends; while the threads of interest still live. Largest part first. */
  public List<Part> stop() throws InterruptedException {
    running = false;
    if (sampler != null) {
      sampler.join();
    }
    double rest = (processNanos() - processBefore) / 1e9;
    Map<String, Double> secondsByGroup = new HashMap<>();
    for (long id : THREADS.getAllThreadIds()) {
      ThreadInfo thread = THREADS.getThreadInfo(id);
      long nanos = THREADS.getThreadCpuTime(id) - cpuBefore.getOrDefault(id, 0L);
      if (thread != null && nanos > 0) {
        secondsByGroup.merge(group(thread.getThreadName()), nanos / 1e9, Double::sum);
        rest -= nanos / 1e9;
      }
    }
    List<Part> parts = new ArrayList<>();
    for (Map.Entry<String, Double> group : NativeThreads.seconds().entrySet()) {
      double seconds = group.getValue() - nativeBefore.getOrDefault(group.getKey(), 0.0);
      parts.add(new Part(group.getKey(), "", Math.max(0, seconds)));
      rest -= seconds;
    }
    parts.add(new Part(NO_JAVA, "", Math.max(0, rest)));
    secondsByGroup.forEach((group, seconds) -> parts.addAll(steps(group, seconds)));
    parts.sort(Comparator.comparing(part -> -part.seconds()));
    return parts;
  }

  private List<Part> steps(String group, double seconds) {
    Map<String, Integer> bySteps = samples.getOrDefault(group, Map.of());
    int all = bySteps.values().stream().mapToInt(Integer::intValue).sum();
    if (all == 0 || group.equals(OTHER_THREADS)) {
      return List.of(new Part(group, "", seconds));
    }
    return bySteps.entrySet().stream()
        .map(step -> new Part(group, step.getKey(), seconds * step.getValue() / all))
        .toList();
  }
}
