package io.waggle.benchmarks.loop;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Processor time of the threads of this process that Java does not list: those of RocksDB, the
 * compiler and the garbage collector, told apart by their names under {@code /proc}. Elsewhere than
 * on Linux there are none.
 */
final class NativeThreads {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** What the kernel counts in; fixed for all programs (USER_HZ). */
  private static final double TICKS_PER_SECOND = 100;

  private static final Map<String, String> GROUPS = groups();

  private NativeThreads() {}

  private static Map<String, String> groups() {
    Map<String, String> groups = new LinkedHashMap<>();
    groups.put("rocksdb", "RocksDB: flush and compaction");
    groups.put("C1 ", "compiler");
    groups.put("C2 ", "compiler");
    groups.put("GC ", "garbage collection");
    groups.put("G1 ", "garbage collection");
    // The serial collector works in it.
    groups.put("VM Thread", "VM thread");
    return groups;
  }

  /** Seconds since their start, by group. */
  static Map<String, Double> seconds() {
    Map<String, Double> seconds = new HashMap<>();
    if (!Files.isDirectory(TASKS)) {
      return seconds;
    }
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        add(read(task.resolve("stat")), seconds);
      }
    } catch (IOException e) {
      // What cannot be listed stays with the rest.
      return new HashMap<>();
    }
    return seconds;
  }

  private static @Nullable String read(Path stat) {
    try {
      return Files.readString(stat);
    } catch (IOException e) {
      // The thread has ended meanwhile.
      return null;
    }
  }

  /** {@code pid (name) state ppid ...}: times are the 14th and the 15th, see proc(5). */
  static void add(@Nullable String stat, Map<String, Double> seconds) {
    if (stat == null) {
      return;
    }
    int end = stat.lastIndexOf(')');
    String name = stat.substring(stat.indexOf('(') + 1, end);
    String[] fields = stat.substring(end + 2).split(" ", -1);
    double ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    for (Map.Entry<String, String> group : GROUPS.entrySet()) {
      if (name.startsWith(group.getKey())) {
        seconds.merge(group.getValue(), ticks / TICKS_PER_SECOND, Double::sum);
      }
    }
  }
}
