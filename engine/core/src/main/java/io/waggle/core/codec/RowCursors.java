package io.waggle.core.codec;

import java.util.List;

/**
 * Walks a base and several tables row by row, in ascending order of index; a table without a row of
 * an index has 0 there. One thread.
 */
final class RowCursors {
  private static final int END = Integer.MAX_VALUE;

  private final WeightTable base;
  private final WeightTable[] parts;
  private final int[] rows;
  private int baseRow;
  private int index = -1;

  RowCursors(WeightTable base, List<WeightTable> parts) {
    this.base = base;
    this.parts = parts.toArray(WeightTable[]::new);
    this.rows = new int[this.parts.length];
  }

  /** Rows that a table of all may have. */
  int mostRows() {
    long rows = base.size();
    for (WeightTable part : parts) {
      rows += part.size();
    }
    return (int) Math.min(rows, 1 << ModelHeader.LARGEST_BITS);
  }

  /** Goes to the next index that any table has; false: there is none. */
  boolean next() {
    baseRow += indexOf(base, baseRow) == index ? 1 : 0;
    int next = indexOf(base, baseRow);
    for (int part = 0; part < parts.length; part++) {
      rows[part] += indexOf(parts[part], rows[part]) == index ? 1 : 0;
      next = Math.min(next, indexOf(parts[part], rows[part]));
    }
    index = next;
    return next != END;
  }

  int index() {
    return index;
  }

  int parts() {
    return parts.length;
  }

  float base(int column) {
    return at(base, baseRow, column);
  }

  float value(int part, int column) {
    return at(parts[part], rows[part], column);
  }

  /** True: the table's row is not the base's. */
  boolean moved(int part) {
    for (int column = 0; column < base.columns(); column++) {
      if (Float.floatToRawIntBits(value(part, column)) != Float.floatToRawIntBits(base(column))) {
        return true;
      }
    }
    return false;
  }

  int movers() {
    int movers = 0;
    for (int part = 0; part < parts.length; part++) {
      movers += moved(part) ? 1 : 0;
    }
    return movers;
  }

  /** The first table that moved; there is one. */
  int firstMover() {
    int part = 0;
    while (!moved(part)) {
      part++;
    }
    return part;
  }

  private float at(WeightTable table, int row, int column) {
    return indexOf(table, row) == index ? table.value(row, column) : 0;
  }

  private static int indexOf(WeightTable table, int row) {
    return row < table.size() ? table.index(row) : END;
  }
}
