package io.waggle.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names under which Prometheus finds the metrics of docs/metrics.md. That the page is what the
 * running processes export is a test of the loop itself ({@code LoopITCase}).
 */
final class DocumentedMetrics {
  private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
  private static final Pattern NAME = Pattern.compile("`([A-Za-z_]+)`");

  private DocumentedMetrics() {}

  static Set<String> names() {
    String page;
    try {
      page = Files.readString(Path.of("../docs/metrics.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Set<String> names = new TreeSet<>();
    for (List<String> row : rows(page, "## Ranking service")) {
      boolean histogram = row.get(1).contains("histogram");
      for (String name : quoted(row.get(0))) {
        names.addAll(
            histogram ? List.of(name + "_bucket", name + "_count", name + "_sum") : List.of(name));
      }
    }
    for (List<String> row : rows(page, "## Jobs")) {
      String groups = String.join("_", quoted(row.get(1)));
      String prefix = OPERATOR + (groups.isEmpty() ? "" : groups + "_");
      quoted(row.get(0)).forEach(name -> names.add(prefix + name));
    }
    for (List<String> row : rows(page, "## Flink's own")) {
      names.addAll(quoted(row.get(0)));
    }
    return names;
  }

  private static List<String> quoted(String cell) {
    return NAME.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  /** Cells of the rows of a section's table. */
  private static List<List<String>> rows(String page, String section) {
    Matcher text =
        Pattern.compile("(?s)\n" + Pattern.quote(section) + "\n(.*?)(\n## |$)").matcher(page);
    if (!text.find()) {
      throw new IllegalArgumentException(section + ": not on the page");
    }
    return text.group(1)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .map(line -> List.of(line.substring(1).split("\\|", -1)))
        .toList();
  }
}
