package io.waggle.core.codec;

import java.util.List;

/** Weights of a merged model, see {@link ModelMerge}. In 64 bits, rounded once. Pure. */
final class MergedWeights {
  private MergedWeights() {}

  static WeightTable merge(WeightTable base, List<WeightTable> parts, OptimizerColumns columns) {
    RowCursors cursors = new RowCursors(base, parts);
    WeightTableBuilder merged = new WeightTableBuilder(columns.count(), cursors.mostRows());
    while (cursors.next()) {
      merged.start(cursors.index());
      int movers = cursors.movers();
      if (movers <= 1) {
        int only = movers == 0 ? 0 : cursors.firstMover();
        for (int column = 0; column < columns.count(); column++) {
          merged.set(column, movers == 0 ? cursors.base(column) : cursors.value(only, column));
        }
      } else {
        mergeRow(cursors, columns, merged);
      }
      merged.end();
    }
    return merged.build();
  }

  private static void mergeRow(
      RowCursors cursors, OptimizerColumns columns, WeightTableBuilder merged) {
    double addedSum = 0;
    double weighted = 0;
    double steps = 0;
    float largest = columns.normaliser() < 0 ? 0 : cursors.base(columns.normaliser());
    for (int part = 0; part < cursors.parts(); part++) {
      if (!cursors.moved(part)) {
        continue;
      }
      double step =
          (double) cursors.value(part, WeightTable.WEIGHT) - cursors.base(WeightTable.WEIGHT);
      double added =
          columns.adaptive() < 0
              ? 0
              : Math.max(
                  0,
                  (double) cursors.value(part, columns.adaptive())
                      - cursors.base(columns.adaptive()));
      addedSum += added;
      weighted += added * step;
      steps += step;
      if (columns.normaliser() >= 0) {
        largest = Math.max(largest, cursors.value(part, columns.normaliser()));
      }
    }
    double average = addedSum > 0 ? weighted / addedSum : steps / cursors.movers();
    merged.set(WeightTable.WEIGHT, (float) (cursors.base(WeightTable.WEIGHT) + average));
    if (columns.adaptive() >= 0) {
      merged.set(columns.adaptive(), (float) (cursors.base(columns.adaptive()) + addedSum));
    }
    if (columns.normaliser() >= 0) {
      merged.set(columns.normaliser(), largest);
    }
  }

  /** Merged, and what {@code now} has over {@code contributed}. */
  static WeightTable rebase(
      WeightTable merged, WeightTable contributed, WeightTable now, OptimizerColumns columns) {
    RowCursors cursors = new RowCursors(contributed, List.of(merged, now));
    WeightTableBuilder rebased = new WeightTableBuilder(columns.count(), cursors.mostRows());
    while (cursors.next()) {
      rebased.start(cursors.index());
      for (int column = 0; column < columns.count(); column++) {
        rebased.set(column, rebased(cursors, column, column == columns.normaliser()));
      }
      rebased.end();
    }
    return rebased.build();
  }

  private static float rebased(RowCursors cursors, int column, boolean largest) {
    float merged = cursors.value(0, column);
    float now = cursors.value(1, column);
    if (largest) {
      return Math.max(merged, now);
    }
    float contributed = cursors.base(column);
    if (now == contributed) {
      return merged;
    }
    return merged == contributed ? now : (float) (merged + ((double) now - contributed));
  }
}
