package io.waggle.app;

import io.waggle.app.log.LogFormats;
import io.waggle.app.report.LiveScreen;
import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.DecisionLogWriter;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Logs of decisions: {@code log convert IN OUT}. */
@Command(
    name = "log",
    description = "Work with logs of decisions.",
    mixinStandardHelpOptions = true)
final class LogCommand implements Runnable {
  private static final long LINE_EVERY_MILLIS = 5_000;
  private static final int DECISIONS_PER_LOOK = 256;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Which command?");
  }

  @Command(
      name = "convert",
      description = {
        "Write a log in another format.",
        "What is no decision is passed over, what cannot be used is bad: both are counted and shown.",
        "0: OUT is whole, however many were bad. 1: a file could not be read or written; OUT is not."
      },
      mixinStandardHelpOptions = true)
  int convert(
      @Parameters(paramLabel = "IN", description = "The log to read.") Path in,
      @Parameters(paramLabel = "OUT", description = "The log to write; replaced.") Path out,
      @Option(
              names = "--from",
              paramLabel = "FORMAT",
              description = "Format of IN (default: by the ending of its name).")
          @Nullable String from,
      @Option(
              names = "--to",
              paramLabel = "FORMAT",
              description = "Format of OUT (default: by the ending of its name).")
          @Nullable String to,
      @Option(
              names = "--surface",
              paramLabel = "NAME",
              defaultValue = LogFormats.DEFAULT_SURFACE,
              description =
                  "Surface of decisions whose log names none (default: ${DEFAULT-VALUE}).")
          String surface)
      throws IOException {
    if (Files.exists(out) && Files.exists(in) && Files.isSameFile(in, out)) {
      throw new IllegalArgumentException(out + ": is the log to read (expected: another)");
    }
    LiveScreen screen =
        new LiveScreen(spec.commandLine().getOut(), Terminal.isPresent(), LINE_EVERY_MILLIS);
    try (DecisionLog log = LogFormats.open(in, from, surface);
        DecisionLogWriter writer = LogFormats.create(out, to)) {
      long written = 0;
      for (LoggedDecision one = log.next(); one != null; one = log.next()) {
        writer.write(one);
        written++;
        if (written % DECISIONS_PER_LOOK == 0) {
          String line =
              String.format(Locale.ROOT, "%3.0f %%  %d decisions", 100 * log.progress(), written);
          screen.show(List.of(line), line, System.nanoTime());
        }
      }
      screen.say("");
      lines(log.counts()).forEach(screen::say);
    }
    return 0;
  }

  /** The counts as people read them. */
  private static List<String> lines(LogCounts counts) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d records: %d decisions, %d passed over, %d bad"
            .formatted(
                counts.records(), counts.decisions(), sum(counts.passedOver()), sum(counts.bad())));
    lines(lines, "passed over", counts.passedOver());
    lines(lines, "bad", counts.bad());
    return lines;
  }

  private static void lines(List<String> lines, String kind, Map<String, Long> counts) {
    counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(one -> lines.add("  %s: %d  %s".formatted(kind, one.getValue(), one.getKey())));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
