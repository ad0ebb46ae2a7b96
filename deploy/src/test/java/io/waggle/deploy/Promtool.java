package io.waggle.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The real promtool, where it is installed. */
final class Promtool {
  private static final Path BINARY = Path.of("/usr/bin/promtool");

  private Promtool() {}

  /** What promtool said. */
  record Answer(int exit, String said) {}

  /** Skips the test, saying so, where it is not. */
  static void assumeHere(String what) {
    assumeTrue(
        Files.isExecutable(BINARY),
        "promtool is not here (Debian's package prometheus): " + what + " is SKIPPED");
  }

  static Answer run(String... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(BINARY.toString()));
    line.addAll(List.of(arguments));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), said);
  }
}
