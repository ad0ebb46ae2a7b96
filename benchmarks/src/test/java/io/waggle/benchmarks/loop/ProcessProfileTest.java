package io.waggle.benchmarks.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessProfileTest {
  @Test
  void theInnermostFrameThatNamesAStepWins() {
    assertThat(
            step(
                frame("org.rocksdb.RocksDB", "get"),
                frame("org.apache.flink.state.rocksdb.RocksDBValueState", "value"),
                frame("io.waggle.jobs.session.SessionFunction", "processElement1")))
        .isEqualTo("RocksDB");
    assertThat(
            step(
                frame("com.google.protobuf.CodedInputStream", "readTag"),
                frame("io.waggle.v1.Session", "<init>"),
                frame("io.waggle.state.serializer.ProtoSerializer", "deserialize")))
        .isEqualTo("parse messages");
    assertThat(
            step(
                frame("io.waggle.v1.Session$Builder", "build"),
                frame("io.waggle.state.session.SessionFold", "folded")))
        .isEqualTo("state.session");
    assertThat(step(frame("java.util.HashMap", "get"))).isEqualTo("Flink and the rest");
  }

  private static String step(StackTraceElement... frames) {
    return ProcessProfile.step(frames);
  }

  private static StackTraceElement frame(String className, String method) {
    return new StackTraceElement(className, method, null, 1);
  }

  @Test
  void aBusyThreadsTimeIsOnItsGroupAndTheWholeIsTheProcesss() throws Exception {
    ProcessProfile profile = new ProcessProfile(Map.of("busy-bee", "bees"));
    long[] spins = new long[1];
    Thread busy =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                spins[0]++;
              }
            },
            "busy-bee-1");
    busy.setDaemon(true);
    busy.start();

    long before = ProcessProfile.processNanos();
    profile.start();
    Thread.sleep(500);
    List<ProcessProfile.Part> parts = profile.stop();
    double whole = (ProcessProfile.processNanos() - before) / 1e9;
    busy.interrupt();

    double bees =
        parts.stream()
            .filter(part -> part.threads().equals("bees"))
            .mapToDouble(ProcessProfile.Part::seconds)
            .sum();
    assertThat(bees).isGreaterThan(0.02);
    assertThat(parts.stream().mapToDouble(ProcessProfile.Part::seconds).sum())
        .isCloseTo(whole, within(0.3));
  }

  @Test
  void nativeThreadsAreToldApartByTheirNames() {
    Map<String, Double> seconds = new HashMap<>();

    NativeThreads.add("7 (rocksdb:low) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0", seconds);
    NativeThreads.add("8 (rocksdb:high) S 1 2 3 4 5 6 7 8 9 10 100 0 0 0", seconds);
    NativeThreads.add("9 (C2 CompilerThre) R 1 2 3 4 5 6 7 8 9 10 1 1 0 0", seconds);
    NativeThreads.add("10 (main) S 1 2 3 4 5 6 7 8 9 10 500 0 0 0", seconds);
    NativeThreads.add(null, seconds);

    assertThat(seconds)
        .containsOnly(Map.entry("RocksDB: flush and compaction", 3.0), Map.entry("compiler", 0.02));
  }

  @Test
  void progressSaysHowFarHowFastAndHowLongYet() {
    assertThat(Progress.line("folding", 250, 1_000, 5))
        .isEqualTo("folding: 250 of 1,000 (25 %), 50/s, 15 s left");
    assertThat(Progress.line("folding", 0, 1_000, 3_600))
        .isEqualTo("folding: 0 of 1,000 (0 %), 0/s, unknown time left");
  }

  @Test
  void barsAreAsLongAsTheirValues() {
    String svg =
        new BarChart("time & bytes", "µs", List.of("ours", "theirs"))
            .row("fold <all>", 10, 5)
            .svg();

    assertThat(svg)
        .contains("time &amp; bytes", "fold &lt;all&gt;", "width=\"480.0\"", "width=\"240.0\"");
  }
}
