package io.waggle.core.rank;

import io.waggle.core.constraint.Constraints;
import io.waggle.core.constraint.Eligibility;
import io.waggle.core.constraint.Restriction;
import io.waggle.core.constraint.Situation;
import io.waggle.core.declared.FeatureKinds;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Namespace;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The constraints of surfaces, prepared when first used. Any thread. */
final class SurfaceConstraints {
  /** Above it (surfaces changed very often) all are prepared anew. */
  private static final int BOUND = 4_096;

  private final ConcurrentMap<List<ConstraintConfig>, Constraints> prepared =
      new ConcurrentHashMap<>();

  /**
   * What a surface's constraints make of a decision; null: it has none.
   *
   * @throws IllegalArgumentException as {@code actions: rule} when required filters leave nothing
   */
  @Nullable Restriction restrict(
      Surface surface, RankInput input, List<Action> offered, List<Namespace> session) {
    if (surface.config().getConstraintsCount() == 0) {
      return null;
    }
    return of(surface.config().getConstraintsList())
        .restrict(situation(surface, input, offered, session));
  }

  /** What they will make of items that have no declared features yet. */
  Eligibility eligibility(Surface surface, Situation situation) {
    if (surface.config().getConstraintsCount() == 0) {
      return Eligibility.ALL;
    }
    Set<String> declared = new HashSet<>();
    for (FeatureConfig feature : surface.config().getFeaturesList()) {
      if (FeatureKinds.isOfAction(feature)) {
        String namespace = FeatureKinds.namespace(feature);
        FeatureKinds.names(feature).forEach(name -> declared.add(namespace + "." + name));
      }
    }
    return of(surface.config().getConstraintsList()).eligibility(situation, declared::contains);
  }

  /** What constraints look at. */
  static Situation situation(
      Surface surface, RankInput input, List<Action> offered, List<Namespace> session) {
    return new Situation(
        offered,
        input.context(),
        session,
        input.session(),
        surface.session(),
        input.timeMillis(),
        input.slots().size());
  }

  private Constraints of(List<ConstraintConfig> configs) {
    Constraints known = prepared.get(configs);
    if (known != null) {
      return known;
    }
    if (prepared.size() >= BOUND) {
      prepared.clear();
    }
    return prepared.computeIfAbsent(configs, Constraints::new);
  }
}
