package io.waggle.core.declared;

import io.waggle.v1.Action;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A feature of each action that is one number under the feature's own name. One request.
 *
 * @param sharedBy what of the request it depends on beside the time, so that requests of which that
 *     is equal can share it; null: it depends on the user
 * @param of the number of an action; NaN: it has none
 */
record ActionNumber(String name, @Nullable String sharedBy, ToDoubleFunction<Action> of)
    implements ActionEncoding.OfActions {
  @Override
  public void append(FeatureOutput out, Action action) {
    double number = of.applyAsDouble(action);
    if (!Double.isNaN(number)) {
      out.number(name, number);
    }
  }
}
