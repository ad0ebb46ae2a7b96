package io.waggle.app;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * The benchmarks as the launcher's help lists them: the launcher runs them itself, from a module
 * that this one does not know.
 */
@Command(
    name = "bench",
    description = {
      "Load generator, JMH and the other benchmarks; ./waggle bench --help lists them.",
      "Only in a checkout: the launcher builds them when they are asked for."
    })
final class BenchCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = List.of();

  @Override
  public Integer call() {
    throw new IllegalStateException(
        "bench "
            + String.join(" ", arguments)
            + ": not here (expected: ./waggle bench in a checkout)");
  }
}
