package io.waggle.core.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.junit.jupiter.api.Test;

/** docs/decision-log.md has the columns, in their order, with their types. */
class DecisionColumnsTest {
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z_.]+)` \\| ([^|]+) \\| ([^|]*)\\| [^|]+ \\|");

  /** A column as the page has it. */
  private record Column(String name, String type, boolean nullable) {}

  @Test
  void thePageHasEveryColumnAndNoOther() throws IOException {
    List<Column> columns = new ArrayList<>();
    add("", DecisionColumns.SCHEMA, columns);

    assertThat(page()).isEqualTo(columns);
  }

  private static List<Column> page() throws IOException {
    List<Column> columns = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("../../docs/decision-log.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        columns.add(new Column(row.group(1), row.group(2), !row.group(3).isBlank()));
      }
    }
    return columns;
  }

  private static void add(String prefix, GroupType type, List<Column> columns) {
    for (Type field : type.getFields()) {
      String name = prefix + field.getName();
      boolean nullable = field.isRepetition(Type.Repetition.OPTIONAL);
      if (field.isPrimitive()) {
        columns.add(new Column(name, name(field), nullable));
        continue;
      }
      Type element = field.asGroupType().getType(0).asGroupType().getType(0);
      columns.add(
          new Column(
              name, "list of " + (element.isPrimitive() ? name(element) : "struct"), nullable));
      if (!element.isPrimitive()) {
        add(name + ".", element.asGroupType(), columns);
      }
    }
  }

  private static String name(Type type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    if (logical == null) {
      return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
        case BOOLEAN -> "boolean";
        case DOUBLE -> "double";
        case INT32 -> "int32";
        case INT64 -> "int64";
        default -> "another type";
      };
    }
    return switch (logical.toString()) {
      case "STRING" -> "text";
      case "INTEGER(64,false)" -> "uint64";
      case "TIMESTAMP(MILLIS,true)" -> "timestamp, ms, UTC";
      default -> logical.toString();
    };
  }
}
