package io.waggle.core.declared;

import io.waggle.core.feature.RecurringNamespaces;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives actions the namespaces of their items: the item's own objects, and of those that hold
 * something sensitive the same object without it each time, so that what is found out about them is
 * known in the next request. Any thread.
 *
 * <p>An action keeps the namespaces it has; its item's others follow, as many as leave room for the
 * surface's declared features within the contract's 16.
 *
 * <p>INVARIANT: an attribute that is declared sensitive is not among them.
 */
final class ItemNamespaces {
  /** Of a surface that declares nothing. */
  static final ItemNamespaces ALL = new ItemNamespaces(List.of());

  /** Namespaces without their sensitive attributes that are kept, and their features together. */
  private static final int OPEN_BOUND = 1 << 14;

  private static final long OPEN_FEATURES_BOUND = 1 << 17;

  private final List<ItemAttribute> sensitive;

  /** By the item's own namespace; null: nothing is sensitive. */
  private final @Nullable RecurringNamespaces<Namespace> open;

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
    open = sensitive.isEmpty() ? null : new RecurringNamespaces<>(OPEN_BOUND, OPEN_FEATURES_BOUND);
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
        with.addNamespaces(open == null ? namespace : open(namespace, open));
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

  private Namespace open(Namespace namespace, RecurringNamespaces<Namespace> known) {
    int key = RecurringNamespaces.key(namespace);
    Namespace found = key == 0 ? null : known.find(key, namespace);
    if (found != null) {
      return found;
    }
    Namespace open = withoutSensitive(namespace);
    if (key != 0 && known.isMetAgain(key)) {
      known.keep(key, namespace, open, namespace.getFeaturesCount());
    }
    return open;
  }

  /** The namespace itself where nothing of it is sensitive. */
  private Namespace withoutSensitive(Namespace namespace) {
    Namespace.Builder kept = Namespace.newBuilder().setName(namespace.getName());
    for (Feature feature : namespace.getFeaturesList()) {
      if (sensitive.stream().noneMatch(each -> each.names(namespace, feature))) {
        kept.addFeatures(feature);
      }
    }
    return kept.getFeaturesCount() == namespace.getFeaturesCount() ? namespace : kept.build();
  }
}
