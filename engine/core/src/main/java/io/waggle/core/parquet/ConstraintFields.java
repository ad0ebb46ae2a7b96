package io.waggle.core.parquet;

import io.waggle.core.constraint.Factors;
import io.waggle.v1.ActionFactors;
import io.waggle.v1.ConstraintEffect;
import java.util.Arrays;
import java.util.List;
import org.apache.parquet.example.data.Group;

/** What constraints did to a decision, as columns and back. Pure; any thread. */
final class ConstraintFields {
  private ConstraintFields() {}

  /**
   * Logged factors, one for each action.
   *
   * @throws IllegalArgumentException when they are no factors of so many actions
   */
  static List<Double> factors(ActionFactors logged, int actions) {
    return Arrays.stream(Factors.dense(logged, actions)).boxed().toList();
  }

  /** The factors as they are logged. */
  static ActionFactors factors(List<Double> column) {
    return Factors.logged(column.stream().mapToDouble(Double::doubleValue).toArray());
  }

  static void write(Fields row, ConstraintEffect effect) {
    row.text(DecisionColumns.CONSTRAINT, effect.getConstraint());
    row.list(
        DecisionColumns.EXCLUDED,
        effect.getExcludedList(),
        (element, id) -> element.text(Fields.ELEMENT, id));
    row.number(DecisionColumns.PENALIZED, effect.getPenalized());
    row.textOrNull(DecisionColumns.PINNED, effect.getPinned());
    row.number(DecisionColumns.PINNED_PLACE, effect.getPinnedPlace());
    row.number(DecisionColumns.KEPT_BACK, effect.getKeptBack());
    row.number(DecisionColumns.UNMET, effect.getUnmet());
  }

  static ConstraintEffect effect(Group row) {
    return ConstraintEffect.newBuilder()
        .setConstraint(RowReader.text(row, DecisionColumns.CONSTRAINT))
        .addAllExcluded(RowReader.list(row, DecisionColumns.EXCLUDED, Group::getString))
        .setPenalized((int) RowReader.integer(row, DecisionColumns.PENALIZED))
        .setPinned(RowReader.text(row, DecisionColumns.PINNED))
        .setPinnedPlace((int) RowReader.integer(row, DecisionColumns.PINNED_PLACE))
        .setKeptBack((int) RowReader.integer(row, DecisionColumns.KEPT_BACK))
        .setUnmet((int) RowReader.integer(row, DecisionColumns.UNMET))
        .build();
  }
}
