package io.waggle.core.parquet;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;

/**
 * Writes the fields of one group by their names. What is not written is null. One thread.
 *
 * @param out where they go; within the group
 * @param type the group's
 */
record Fields(RecordConsumer out, GroupType type) {
  /** The only field of a list's element that is no group. */
  static final String ELEMENT = "element";

  void text(String name, String value) {
    field(name, () -> out.addBinary(Binary.fromString(value)));
  }

  /** Null for an empty text. */
  void textOrNull(String name, String value) {
    if (!value.isEmpty()) {
      text(name, value);
    }
  }

  void number(String name, int value) {
    field(name, () -> out.addInteger(value));
  }

  void number(String name, long value) {
    field(name, () -> out.addLong(value));
  }

  void number(String name, double value) {
    field(name, () -> out.addDouble(value));
  }

  void flag(String name, boolean value) {
    field(name, () -> out.addBoolean(value));
  }

  void group(String name, Consumer<Fields> fields) {
    field(name, () -> inside(type.getType(name).asGroupType(), fields));
  }

  /**
   * A list in the three levels that every reader knows.
   *
   * @param element writes the field {@link #ELEMENT} for an item
   */
  <T> void list(String name, List<T> items, BiConsumer<Fields, T> element) {
    GroupType repeated = type.getType(name).asGroupType().getType(0).asGroupType();
    group(
        name,
        list -> {
          if (!items.isEmpty()) {
            list.field(
                repeated.getName(),
                () ->
                    items.forEach(
                        item -> list.inside(repeated, fields -> element.accept(fields, item))));
          }
        });
  }

  void numbers(String name, List<Double> items) {
    list(name, items, (fields, item) -> fields.number(ELEMENT, item.doubleValue()));
  }

  private void inside(GroupType group, Consumer<Fields> fields) {
    out.startGroup();
    fields.accept(new Fields(out, group));
    out.endGroup();
  }

  private void field(String name, Runnable value) {
    int index = type.getFieldIndex(name);
    out.startField(name, index);
    value.run();
    out.endField(name, index);
  }
}
