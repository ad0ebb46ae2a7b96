package io.waggle.app.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A process that the cluster has started, by the pid and the start time in its file under {@code
 * run}: a pid that the system gave to someone else meanwhile is not ours.
 *
 * @param restarts how often the keeper has started it again
 */
record RunningProcess(ProcessHandle handle, long restarts) {
  /** The system tells a start to the hundredth of a second, from a boot time in whole seconds. */
  private static final long START_TOLERANCE_MILLIS = 2_000;

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

  /** The recorded process, where it is alive. */
  static Optional<RunningProcess> find(ClusterDirectory directory, String name) {
    Path file = directory.run(name);
    return PropertiesFile.read(file)
        .flatMap(
            properties -> {
              long started = PropertiesFile.number(properties, file, "startedMillis");
              long restarts = PropertiesFile.number(properties, file, "restarts");
              return ProcessHandle.of(PropertiesFile.number(properties, file, "pid"))
                  .filter(RunningProcess::isAlive)
                  .filter(
                      handle -> Math.abs(startMillis(handle) - started) <= START_TOLERANCE_MILLIS)
                  .map(handle -> new RunningProcess(handle, restarts));
            });
  }

  /**
   * As the JDK says, which takes a process that has ended for alive until its parent has asked how.
   * In a container the parent of what outlives its own may be a process that never asks.
   */
  static boolean isAlive(ProcessHandle handle) {
    return handle.isAlive() && !isZombie(handle.pid());
  }

  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), ISO_8859_1);
      // PID (NAME) STATE ...; the name may hold anything.
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      // Not Linux, or gone in this moment, which the next look tells.
      return false;
    }
  }

  /** Starts a member with this JVM's class path and records it. */
  static RunningProcess start(ClusterDirectory directory, Member member, long restarts) {
    Path temporary = directory.temporary(member.name());
    File output = directory.output(member.name()).toFile();
    try {
      // What a killed one left there, unpacked native libraries for example, is nobody's.
      remove(temporary);
      Files.createDirectories(temporary);
      Process process =
          new ProcessBuilder(command(directory, member, temporary))
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
              .start();
      ProcessHandle handle = process.toHandle();
      PropertiesFile.write(
          directory.run(member.name()),
          Map.of("pid", handle.pid(), "startedMillis", startMillis(handle), "restarts", restarts));
      return new RunningProcess(handle, restarts);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + member.name(), e);
    }
  }

  private static List<String> command(ClusterDirectory directory, Member member, Path temporary) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            // As in the launcher: on a small machine the second compiler costs more than it gives.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xshare:auto",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "-Djava.io.tmpdir=" + temporary,
            "-Dwaggle.log=" + directory.log(member.name()),
            "-Dlog4j2.configurationFile=classpath:log4j2-file.xml"));
    command.addAll(member.options());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), member.main()));
    command.addAll(member.arguments());
    return command;
  }

  long pid() {
    return handle.pid();
  }

  Duration age() {
    return Duration.ofMillis(System.currentTimeMillis() - startMillis(handle));
  }

  /** Asks it to end and, after twenty seconds, ends it; returns when it is gone. */
  void stop() throws InterruptedException {
    handle.destroy();
    if (!awaitEnd()) {
      handle.destroyForcibly();
      if (!awaitEnd() && isAlive(handle)) {
        throw new IllegalStateException("process " + pid() + " does not end");
      }
    }
  }

  private boolean awaitEnd() throws InterruptedException {
    try {
      var unused = handle.onExit().get(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot wait for process " + pid(), e);
    }
  }

  private static long startMillis(ProcessHandle handle) {
    return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
