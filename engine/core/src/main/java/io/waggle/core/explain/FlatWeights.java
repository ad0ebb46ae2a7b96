package io.waggle.core.explain;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;

/** A model's weights by index. Small models as one flat array, others by search. One thread. */
final class FlatWeights {
  /** Up to here the array has at most 16 MiB. */
  private static final int DENSE_BITS = 22;

  private final WeightTable table;
  private final float[] dense;

  FlatWeights(VowpalWabbitModel model) {
    int bits = model.header().bits();
    this.table = model.weights();
    this.dense = bits <= DENSE_BITS ? table.dense(bits, WeightTable.WEIGHT) : new float[0];
  }

  float at(int index) {
    if (dense.length > 0) {
      return dense[index];
    }
    int row = table.row(index);
    return row < 0 ? 0 : table.value(row, WeightTable.WEIGHT);
  }
}
