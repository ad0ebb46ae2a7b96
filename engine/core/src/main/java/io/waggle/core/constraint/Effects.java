package io.waggle.core.constraint;

import io.waggle.v1.ConstraintEffect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What constraints did to one decision, as it happens. One thread. */
final class Effects {
  private final List<String> names;
  private final ConstraintEffect.@Nullable Builder[] builders;

  /**
   * Nothing yet.
   *
   * @param names of the constraints, in their order
   */
  Effects(List<String> names) {
    this.names = names;
    this.builders = new ConstraintEffect.@Nullable Builder[names.size()];
  }

  private ConstraintEffect.Builder of(int constraint) {
    ConstraintEffect.Builder builder = builders[constraint];
    if (builder == null) {
      builder = ConstraintEffect.newBuilder().setConstraint(names.get(constraint));
      builders[constraint] = builder;
    }
    return builder;
  }

  void excluded(int constraint, String actionId) {
    of(constraint).addExcluded(actionId);
  }

  void penalized(int constraint) {
    ConstraintEffect.Builder effect = of(constraint);
    effect.setPenalized(effect.getPenalized() + 1);
  }

  /** The place counts from 0. */
  void pinned(int constraint, String actionId, int place) {
    of(constraint).setPinned(actionId).setPinnedPlace(place + 1);
  }

  void keptBack(int constraint) {
    ConstraintEffect.Builder effect = of(constraint);
    effect.setKeptBack(effect.getKeptBack() + 1);
  }

  void unmet(int constraint, int times) {
    ConstraintEffect.Builder effect = of(constraint);
    effect.setUnmet(effect.getUnmet() + times);
  }

  /** True: a constraint took an action away from the policy. */
  boolean tookActions() {
    for (ConstraintEffect.Builder each : builders) {
      if (each != null && (each.getExcludedCount() > 0 || !each.getPinned().isEmpty())) {
        return true;
      }
    }
    return false;
  }

  /** As they are logged: those that did something, in their order. */
  List<ConstraintEffect> logged() {
    List<ConstraintEffect> logged = new ArrayList<>(builders.length);
    for (ConstraintEffect.Builder each : builders) {
      if (each != null) {
        logged.add(each.build());
      }
    }
    return logged;
  }
}
