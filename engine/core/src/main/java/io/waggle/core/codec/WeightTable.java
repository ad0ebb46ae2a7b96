package io.waggle.core.codec;

import java.util.Arrays;

/**
 * The weights of a model that are not 0, with the optimizer's numbers for each, as flat arrays in
 * ascending order of index: 4 bytes for the index and 4 for each number. Of {@code 1 << bits}
 * weights few are ever touched, so a table is never larger than the bytes it was read from; {@link
 * #dense} makes an array of all.
 *
 * <p>A position of the flat array holds one weight of one sub-model: slots and interactions are
 * already in the index. Not changed once made; any thread.
 */
public final class WeightTable {
  /** The weight itself: the first column of every table. */
  public static final int WEIGHT = 0;

  private final int[] indices;
  private final float[][] columns;

  /**
   * @param indices ascending
   * @param columns one to three arrays as long as {@code indices}; no row is all 0
   */
  WeightTable(int[] indices, float[][] columns) {
    this.indices = indices;
    this.columns = columns;
  }

  /** Rows: indices with a number that is not 0. */
  public int size() {
    return indices.length;
  }

  /** Numbers for each index: 1 (the weight) to 3 (with the optimizer's). */
  public int columns() {
    return columns.length;
  }

  /** The index of a row. */
  public int index(int row) {
    return indices[row];
  }

  /** A number of a row. */
  public float value(int row, int column) {
    return columns[column][row];
  }

  /** The row of an index; negative: all its numbers are 0. */
  public int row(int index) {
    return Arrays.binarySearch(indices, index);
  }

  /** One column for every index of a model of so many bits: {@code 4 << bits} bytes. */
  public float[] dense(int bits, int column) {
    float[] all = new float[1 << bits];
    for (int row = 0; row < indices.length; row++) {
      all[indices[row]] = columns[column][row];
    }
    return all;
  }

  /** True: the rows' numbers are the same, bit for bit. */
  boolean rowEquals(int row, WeightTable other, int otherRow) {
    for (int column = 0; column < columns.length; column++) {
      if (Float.floatToRawIntBits(columns[column][row])
          != Float.floatToRawIntBits(other.columns[column][otherRow])) {
        return false;
      }
    }
    return true;
  }

  /** This table with the rows of another in place of those of the same index; rows of 0 go. */
  WeightTable replaced(WeightTable rows) {
    WeightTableBuilder table = new WeightTableBuilder(columns.length, size() + rows.size());
    int own = 0;
    for (int row = 0; row < rows.size(); row++) {
      while (own < size() && indices[own] < rows.index(row)) {
        table.add(this, own++);
      }
      if (own < size() && indices[own] == rows.index(row)) {
        own++;
      }
      table.add(rows, row);
    }
    while (own < size()) {
      table.add(this, own++);
    }
    return table.build();
  }

  /** Bytes of a row as VW writes it. */
  static int rowBytes(int columns) {
    return Integer.BYTES + columns * Float.BYTES;
  }

  static WeightTable read(ModelReader in, int bits, int columnCount) {
    int rows = in.rows("weights", rowBytes(columnCount));
    int[] indices = new int[rows];
    float[][] columns = new float[columnCount][rows];
    int previous = -1;
    for (int row = 0; row < rows; row++) {
      int index = in.word("index");
      // As unsigned numbers, negative ones are above every bound.
      if (index <= previous || index >= 1 << bits) {
        throw in.broken(
            "index",
            Integer.toUnsignedString(index),
            "above " + previous + " and below " + (1 << bits));
      }
      previous = index;
      indices[row] = index;
      readRow(in, columns, row);
    }
    if (columnCount == 3 && isOfPredictingProcess(indices, columns[1])) {
      throw in.broken("weights", "rows of one number", "saved by a process that learns");
    }
    return new WeightTable(indices, columns);
  }

  private static void readRow(ModelReader in, float[][] columns, int row) {
    boolean anything = false;
    for (int column = 0; column < columns.length; column++) {
      float value = in.finiteFloat("weight");
      if (column > WEIGHT && value < 0) {
        throw in.broken("optimizer", value, "at least 0");
      }
      columns[column][row] = value;
      anything |= value != 0;
    }
    if (!anything) {
      throw in.broken("weight", "a row of 0", "only rows with a number that is not 0");
    }
  }

  /**
   * A process that only predicts ({@code -t}) writes one number a row and does not say so. Two such
   * rows look like one of three numbers, of which the second is the index in between: true for all
   * rows of such a file, and by chance for none.
   */
  private static boolean isOfPredictingProcess(int[] indices, float[] second) {
    for (int row = 0; row < indices.length; row++) {
      int between = Float.floatToRawIntBits(second[row]);
      if (between <= indices[row] || (row + 1 < indices.length && between >= indices[row + 1])) {
        return false;
      }
    }
    return indices.length > 1;
  }

  void write(ModelWriter out) {
    for (int row = 0; row < indices.length; row++) {
      out.put(indices[row]);
      for (float[] column : columns) {
        out.put(column[row]);
      }
    }
  }
}
