package io.waggle.core.rank;

import io.waggle.core.feature.ItemFeatures;
import io.waggle.core.feature.ItemSource;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The actions of a ranking with what is known of their items. Any thread. Keeps the declarations of
 * each surface prepared, until the surface changes.
 */
final class ActionItems {
  private final ItemSource items;
  private final ConcurrentMap<String, Prepared> prepared = new ConcurrentHashMap<>();

  private record Prepared(Surface surface, ItemFeatures features) {}

  ActionItems(ItemSource items) {
    this.items = items;
  }

  /** The actions in the same order. */
  List<Action> addTo(
      List<Action> actions, Surface surface, List<Namespace> context, long timeMillis) {
    return features(surface).addTo(actions, surface.name(), context, timeMillis, items);
  }

  @SuppressWarnings("ReferenceEquality") // an equal copy is only prepared once more
  private ItemFeatures features(Surface surface) {
    Prepared known = prepared.get(surface.name());
    if (known == null || known.surface() != surface) {
      known = new Prepared(surface, ItemFeatures.among(surface.config().getFeaturesList()));
      prepared.put(surface.name(), known);
    }
    return known.features();
  }
}
