package io.waggle.benchmarks.result;

import io.waggle.app.report.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Two result files beside each other: {@code waggle bench compare A B}. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Two result files of JMH or of the load generator beside each other: B as a multiple of A.",
      "noise: the two error intervals overlap, so the difference may be chance. ?: a file does not"
          + " say its error."
    })
public final class CompareCommand implements Callable<Integer> {
  private static final List<String> MACHINE = List.of("jdk", "processor", "processors");

  @Parameters(index = "0", paramLabel = "A")
  private Path a = Path.of("");

  @Parameters(index = "1", paramLabel = "B")
  private Path b = Path.of("");

  @Override
  public Integer call() {
    ResultFile before = ResultFile.read(a);
    ResultFile after = ResultFile.read(b);
    System.out.println("A: " + a + " " + before.facts());
    System.out.println("B: " + b + " " + after.facts());
    System.out.println();
    differences(before, after).forEach(System.out::println);
    lines(before, after).forEach(System.out::println);
    return 0;
  }

  /** Where the two were not made alike; both say it, and not the same. */
  static List<String> differences(ResultFile before, ResultFile after) {
    return MACHINE.stream()
        .filter(fact -> before.facts().containsKey(fact) && after.facts().containsKey(fact))
        .filter(fact -> !Objects.equals(before.facts().get(fact), after.facts().get(fact)))
        .map(fact -> "another " + fact + ": times differ by that too, noise or not")
        .toList();
  }

  /**
   * A header, a line for each number that both have, and how many only one has.
   *
   * @throws IllegalArgumentException when they have none in common
   */
  static List<String> lines(ResultFile before, ResultFile after) {
    Table table = new Table("what", "A", "B", "unit", "B / A", "");
    int alone = 0;
    for (Map.Entry<String, Measurement> entry : before.measurements().entrySet()) {
      Measurement a = entry.getValue();
      Measurement b = after.measurements().get(entry.getKey());
      if (b == null || !a.unit().equals(b.unit())) {
        alone++;
      } else {
        table.row(a.name(), shown(a), shown(b), a.unit(), ratio(a, b), verdict(a, b));
      }
    }
    for (String name : after.measurements().keySet()) {
      alone += before.measurements().containsKey(name) ? 0 : 1;
    }
    List<String> lines = new ArrayList<>(table.lines());
    if (lines.size() == 1) {
      throw new IllegalArgumentException(
          "B: no figure that A has too (expected: results of the same benchmarks; A has %s, B has %s)"
              .formatted(first(before), first(after)));
    }
    if (alone > 0) {
      lines.add("(" + alone + " in one file only)");
    }
    return lines;
  }

  /** The name of one, to see what kind of file it is. */
  private static String first(ResultFile file) {
    return file.measurements().keySet().iterator().next();
  }

  private static String shown(Measurement measurement) {
    return String.format(Locale.ROOT, "%.4g", measurement.value());
  }

  private static String ratio(Measurement a, Measurement b) {
    return String.format(Locale.ROOT, "%.2f", b.value() / a.value());
  }

  private static String verdict(Measurement a, Measurement b) {
    if (!a.isKnownToErr(b)) {
      return "?";
    }
    return a.overlaps(b) ? "noise" : "";
  }
}
