package io.waggle.core.codec;

import java.util.Arrays;

/** Makes a table row by row, in ascending order of index; rows of 0 are left out. One thread. */
final class WeightTableBuilder {
  private final int[] indices;
  private final float[][] columns;
  private int size;

  /**
   * @param most rows at most
   */
  WeightTableBuilder(int columnCount, int most) {
    this.indices = new int[most];
    this.columns = new float[columnCount][most];
  }

  /** Adds a row of another table. */
  void add(WeightTable table, int row) {
    start(table.index(row));
    for (int column = 0; column < columns.length; column++) {
      set(column, table.value(row, column));
    }
    end();
  }

  /** Begins a row; its numbers are set next. */
  void start(int index) {
    indices[size] = index;
  }

  void set(int column, float value) {
    columns[column][size] = value;
  }

  /** Ends a row: it stays unless all its numbers are 0. */
  void end() {
    for (float[] column : columns) {
      if (column[size] != 0) {
        size++;
        return;
      }
    }
  }

  WeightTable build() {
    float[][] kept = new float[columns.length][];
    Arrays.setAll(kept, column -> Arrays.copyOf(columns[column], size));
    return new WeightTable(Arrays.copyOf(indices, size), kept);
  }
}
