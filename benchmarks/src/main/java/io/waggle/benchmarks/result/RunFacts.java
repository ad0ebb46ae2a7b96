package io.waggle.benchmarks.result;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What a result says of where it was made: commit, JDK, machine and how busy that was. */
public final class RunFacts {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final long GIT_SECONDS = 10;
  private static final String UNKNOWN = "unknown";

  private RunFacts() {}

  /**
   * The facts of now, in the order to write them.
   *
   * @param command what was run
   */
  public static Map<String, Object> of(String command) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("command", command);
    facts.put("taken", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("commit", commit());
    facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("jvm_arguments", jvmArguments());
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("architecture", System.getProperty("os.arch"));
    facts.put("processor", firstValue(PROCESSORS, "model name"));
    facts.put("processors", Runtime.getRuntime().availableProcessors());
    facts.put("memory", firstValue(MEMORY, "MemTotal"));
    facts.put(
        "load_average_at_start",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    return facts;
  }

  /** Without what names folders of this machine. */
  private static List<String> jvmArguments() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-X"))
        .toList();
  }

  /** The checkout's commit, marked when files differ from it; where there is none, unknown. */
  private static String commit() {
    String commit = git("rev-parse", "--short=12", "HEAD");
    if (commit.isEmpty()) {
      return UNKNOWN;
    }
    boolean changed =
        !git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!benchmarks/results")
            .isEmpty();
    return changed ? commit + " with changes" : commit;
  }

  private static String git(String... arguments) {
    try {
      Process process =
          new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(GIT_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? said.strip() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** The value of the first line {@code name : value} of a file of the kernel's. */
  private static String firstValue(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name) && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
