package io.waggle.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.waggle.core.model.Learners;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.ServingModels.Version;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.v1.PolicyConfig;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What comes and goes with a policy that learns: the gauges of its model, and the model itself,
 * which leaves service when its policy is removed. One caller at a time.
 */
final class ServedPolicies {
  private final ServingModels models;
  private final ServerMetrics metrics;
  private final InstantSource clock;
  private final Map<Name, List<Gauge>> gauges = new HashMap<>();

  private record Name(String surface, String policy) {}

  ServedPolicies(ServingModels models, ServerMetrics metrics, InstantSource clock) {
    this.models = models;
    this.metrics = metrics;
    this.clock = clock;
    metrics.gauge("waggle.models.refused", Tags.empty(), models, ServingModels::refused);
  }

  /** Adds what is new and removes what is gone. */
  void follow(Surfaces surfaces) {
    Set<Name> learning = new HashSet<>();
    for (Surface surface : surfaces.all()) {
      for (PolicyConfig policy : surface.policies()) {
        if (Learners.arguments(policy).isPresent()) {
          learning.add(new Name(surface.name(), policy.getName()));
        }
      }
    }
    gauges
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !learning.contains(entry.getKey());
              if (gone) {
                models.remove(entry.getKey().surface(), entry.getKey().policy());
                entry.getValue().forEach(metrics::remove);
              }
              return gone;
            });
    learning.forEach(name -> gauges.computeIfAbsent(name, this::gaugesOf));
  }

  private List<Gauge> gaugesOf(Name name) {
    return List.of(
        gauge("waggle.model.version", name, Version::version),
        gauge("waggle.model.events.learned", name, Version::eventsLearned),
        gauge(
            "waggle.model.age.seconds",
            name,
            version -> (clock.millis() - version.createdMillis()) / 1e3));
  }

  private Gauge gauge(String gauge, Name name, ToDoubleFunction<Version> value) {
    return metrics.gauge(
        gauge,
        Tags.of("surface", name.surface(), "policy", name.policy()),
        models,
        served -> {
          Version version = served.version(name.surface(), name.policy());
          return version == null ? 0 : value.applyAsDouble(version);
        });
  }
}
