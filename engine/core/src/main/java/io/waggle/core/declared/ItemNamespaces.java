package io.waggle.core.declared;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Gives actions the namespaces of their items. Immutable; any thread.
 *
 * <p>An action keeps the namespaces it has; its item's others follow, as many as leave room for the
 * surface's declared features within the contract's 16.
 *
 * <p>INVARIANT: an attribute that is declared sensitive is not among them.
 */
final class ItemNamespaces {
  /** Of a surface that declares nothing. */
  static final ItemNamespaces ALL = new ItemNamespaces(List.of());

  private final List<ItemAttribute> sensitive;
  private final int room;

  ItemNamespaces(List<FeatureConfig> features) {
    List<ItemAttribute> attributes = new ArrayList<>();
    Set<String> declared = new HashSet<>();
    for (FeatureConfig feature : features) {
      if (feature.getSensitive()) {
        if (feature.hasItemAttribute()) {
          attributes.add(new ItemAttribute(feature.getItemAttribute().getAttribute()));
        }
      } else if (FeatureKinds.isOfAction(feature)) {
        declared.add(FeatureKinds.namespace(feature));
      }
    }
    sensitive = List.copyOf(attributes);
    room = FeatureOutput.MAX_NAMESPACES - declared.size();
  }

  /** The actions in the same order; the list that was given where none is of an item. */
  List<Action> addTo(List<Action> actions, String surface, ItemSource items) {
    List<Action> all = actions;
    for (int i = 0; i < actions.size(); i++) {
      Item item = items.item(surface, actions.get(i).getId());
      if (item != null) {
        all = all == actions ? new ArrayList<>(actions) : all;
        all.set(i, addTo(actions.get(i), item));
      }
    }
    return all;
  }

  /** The action of an item of which a request says nothing. */
  Action action(Item item) {
    return addTo(Action.newBuilder().setId(item.getItemId()).build(), item);
  }

  private Action addTo(Action action, Item item) {
    Action.Builder with = action.toBuilder();
    for (Namespace namespace : item.getAttributesList()) {
      if (with.getNamespacesCount() < room && !has(action, namespace.getName())) {
        with.addNamespaces(sensitive.isEmpty() ? namespace : withoutSensitive(namespace));
      }
    }
    return with.build();
  }

  private static boolean has(Action action, String name) {
    for (int i = 0; i < action.getNamespacesCount(); i++) {
      if (action.getNamespaces(i).getName().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private Namespace withoutSensitive(Namespace namespace) {
    Namespace.Builder kept = Namespace.newBuilder().setName(namespace.getName());
    for (Feature feature : namespace.getFeaturesList()) {
      if (sensitive.stream().noneMatch(each -> each.names(namespace, feature))) {
        kept.addFeatures(feature);
      }
    }
    return kept.build();
  }
}
