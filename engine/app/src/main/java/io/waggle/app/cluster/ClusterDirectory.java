package io.waggle.app.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a cluster keeps what: data that survives, and under {@code run} what is only true while it
 * is up.
 *
 * @param root absolute
 */
record ClusterDirectory(Path root) {
  static ClusterDirectory of(Path directory) {
    return new ClusterDirectory(directory.toAbsolutePath().normalize());
  }

  Path ports() {
    return root.resolve("ports.properties");
  }

  Path config(String file) {
    return root.resolve("config").resolve(file);
  }

  /** The surfaces as they were at {@code up}: a restart never reads a file that is being edited. */
  Path surfaces() {
    return config("surfaces");
  }

  /** Where Prometheus finds every process, as its file discovery reads it. */
  Path scrapeTargets() {
    return config("prometheus-targets.json");
  }

  /** What a process says about itself, 16 MB at most and three older ones. */
  Path log(String process) {
    return root.resolve("logs").resolve(process + ".log");
  }

  /** What its JVM says, a crash for example. */
  Path output(String process) {
    return root.resolve("logs").resolve(process + ".out");
  }

  Path run(String process) {
    return root.resolve("run").resolve(process + ".properties");
  }

  Path temporary(String process) {
    return root.resolve("tmp").resolve(process);
  }

  Path kafka() {
    return root.resolve("kafka");
  }

  Path checkpoints() {
    return root.resolve("flink").resolve("checkpoints");
  }

  /** A folder for each time that the jobs were stopped with savepoints, in it one for each job. */
  Path savepoints() {
    return root.resolve("flink").resolve("savepoints");
  }

  /** Names the savepoint that a job starts from while it has no newer checkpoint. */
  Path from(String job) {
    return root.resolve("flink").resolve("from").resolve(job);
  }

  Path registry() {
    return root.resolve("registry");
  }

  Path spool(String process) {
    return root.resolve("spool").resolve(process);
  }

  Path views(String process) {
    return root.resolve("views").resolve(process);
  }

  /** Makes every folder. */
  void create() {
    for (Path file :
        new Path[] {
          log("any"),
          run("any"),
          temporary("any"),
          checkpoints(),
          views("any"),
          spool("any"),
          config("any"),
          from("any")
        }) {
      folderOf(file);
    }
  }

  private static void folderOf(Path file) {
    Path folder = file.getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the data directory " + folder, e);
    }
  }
}
