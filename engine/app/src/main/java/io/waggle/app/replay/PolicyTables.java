package io.waggle.app.replay;

import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Fixed policies from CSV files: a row an item, {@code item_id} and either {@code probability} (the
 * same at every position) or one column {@code prob_position_N} for each position N.
 */
public final class PolicyTables {
  private static final String BY_POSITION = "prob_position_";
  private static final String EVERYWHERE = "probability";

  private PolicyTables() {}

  /**
   * Reads a table.
   *
   * @throws IllegalArgumentException as {@code file: column: rule}
   */
  public static TablePolicy read(Path file) throws IOException {
    try (CsvFile csv = CsvFile.open(file)) {
      List<String> positions =
          csv.names().stream().filter(name -> name.startsWith(BY_POSITION)).toList();
      if (positions.isEmpty() && !csv.names().contains(EVERYWHERE)) {
        throw new IllegalArgumentException(
            "%s: columns: %s (expected: %sN or %s)"
                .formatted(file, csv.names(), BY_POSITION, EVERYWHERE));
      }
      TablePolicy.Builder table = TablePolicy.newBuilder();
      if (!positions.isEmpty()) {
        table.setContextFeature("position");
      }
      for (CsvFile.Row row = csv.next(); row != null; row = csv.next()) {
        TableRow.Builder item = TableRow.newBuilder().setActionId(row.text("item_id"));
        if (positions.isEmpty()) {
          table.addRows(item.setProbability(row.number(EVERYWHERE)));
        }
        for (String column : positions) {
          table.addRows(
              item.setContextValue(column.substring(BY_POSITION.length()))
                  .setProbability(row.number(column))
                  .build());
        }
      }
      return table.build();
    } catch (BadRowException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }
}
