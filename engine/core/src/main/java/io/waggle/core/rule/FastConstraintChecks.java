package io.waggle.core.rule;

import io.waggle.v1.ActionFactors;
import io.waggle.v1.ConstraintEffect;
import java.util.List;

/** The part of {@link FastChecks} about what constraints did. Pure; any thread. */
final class FastConstraintChecks {
  private static final int MAX_CONSTRAINTS = 32;
  private static final int NAME_BYTES = 128;

  private FastConstraintChecks() {}

  static boolean effects(List<ConstraintEffect> effects) {
    int count = effects.size();
    if (count > MAX_CONSTRAINTS) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      ConstraintEffect effect = effects.get(i);
      if (!FastChecks.atMost(effect.getConstraint(), NAME_BYTES)
          || effect.getExcludedCount() > FastChecks.MAX_ACTIONS
          || !FastChecks.atMost(effect.getPinned(), FastChecks.ID_BYTES)) {
        return false;
      }
    }
    return true;
  }

  /** Those of a decision that has none are the default, and valid. */
  static boolean factors(ActionFactors factors) {
    int count = factors.getFactorsCount();
    if (count > FastChecks.MAX_ACTIONS
        || factors.getActionsCount() > FastChecks.MAX_ACTIONS
        || !isFactor(factors.getOthers())) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!isFactor(factors.getFactors(i))) {
        return false;
      }
    }
    return true;
  }

  /** False for NaN too. */
  private static boolean isFactor(double factor) {
    return factor >= 0 && factor <= 1;
  }
}
