package io.waggle.core.offline;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy does not get to see: a namespace wherever it stands (context, session, actions,
 * slots), or one feature of it. The ids of actions and slots always stay. Immutable.
 *
 * @param namespace the namespace
 * @param feature the feature; null: all of them
 */
public record FeatureMask(String namespace, @Nullable String feature) {
  /** {@code namespace} or {@code namespace.feature}. */
  public String name() {
    return feature == null ? namespace : namespace + "." + feature;
  }

  /** The example without it. */
  Example apply(Example example) {
    return new Example(
        without(example.context()),
        without(example.session()),
        example.actions().stream().map(this::without).toList(),
        example.timeMillis(),
        example.slots().stream().map(this::without).toList());
  }

  private Action without(Action action) {
    return action.toBuilder()
        .clearNamespaces()
        .addAllNamespaces(without(action.getNamespacesList()))
        .build();
  }

  private Slot without(Slot slot) {
    return slot.toBuilder().clearFeatures().addAllFeatures(without(slot.getFeaturesList())).build();
  }

  private List<Namespace> without(List<Namespace> namespaces) {
    List<Namespace> kept = new ArrayList<>(namespaces.size());
    for (Namespace each : namespaces) {
      if (!each.getName().equals(namespace)) {
        kept.add(each);
      } else if (feature != null) {
        kept.add(without(each, feature));
      }
    }
    return kept;
  }

  private static Namespace without(Namespace namespace, String feature) {
    Namespace.Builder kept = namespace.toBuilder().clearFeatures();
    namespace.getFeaturesList().stream()
        .filter(each -> !each.getName().equals(feature))
        .forEach(kept::addFeatures);
    return kept.build();
  }
}
