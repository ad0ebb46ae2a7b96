package io.waggle.core.feature;

import io.waggle.state.item.ItemRates;
import io.waggle.state.item.ItemStatisticSettings;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a ranking adds to its actions from the items of the same ids: the items' attributes, and the
 * features of kinds {@code item_attribute} and {@code item_statistic} that the surface declares.
 * Immutable; any thread.
 *
 * <p>An action keeps the namespaces it has; its item's others follow, at most {@value
 * #NAMESPACES_BOUND} together. Declared features follow, in their namespaces. Sensitive ones are
 * not added, and an attribute that is declared sensitive is taken out of the item's namespaces.
 */
public final class ItemFeatures {
  /** Most namespaces of an action: what the contract allows. */
  static final int NAMESPACES_BOUND = 16;

  /** Most features of a namespace: what the contract allows. */
  static final int FEATURES_BOUND = 1_000;

  /** Where features of an item go that name no namespace. */
  static final String DEFAULT_NAMESPACE = "item";

  private final List<DeclaredNamespace> declared;
  private final Set<ItemAttribute> sensitive;
  private final boolean anyStatistic;

  /** The features of one namespace, in the order they are declared. */
  private record DeclaredNamespace(String name, List<Declared> features) {}

  /** One feature: exactly one of the two is there. */
  private record Declared(
      String name, @Nullable ItemAttribute attribute, @Nullable ItemStatisticSettings statistic) {}

  private ItemFeatures(List<DeclaredNamespace> declared, Set<ItemAttribute> sensitive) {
    this.declared = declared;
    this.sensitive = sensitive;
    this.anyStatistic =
        declared.stream()
            .flatMap(namespace -> namespace.features().stream())
            .anyMatch(feature -> feature.statistic() != null);
  }

  /** Those among a surface's features. */
  public static ItemFeatures among(List<FeatureConfig> features) {
    List<DeclaredNamespace> declared = new ArrayList<>();
    Set<ItemAttribute> sensitive = new HashSet<>();
    for (FeatureConfig feature : features) {
      if (!feature.hasItemAttribute() && !feature.hasItemStatistic()) {
        continue;
      }
      if (!feature.getSensitive()) {
        in(declared, namespace(feature)).features().add(declared(feature));
      } else if (feature.hasItemAttribute()) {
        sensitive.add(ItemAttribute.of(feature.getItemAttribute()));
      }
    }
    return new ItemFeatures(List.copyOf(declared), Set.copyOf(sensitive));
  }

  private static String namespace(FeatureConfig feature) {
    return feature.getNamespace().isEmpty() ? DEFAULT_NAMESPACE : feature.getNamespace();
  }

  private static DeclaredNamespace in(List<DeclaredNamespace> declared, String name) {
    for (DeclaredNamespace namespace : declared) {
      if (namespace.name().equals(name)) {
        return namespace;
      }
    }
    DeclaredNamespace added = new DeclaredNamespace(name, new ArrayList<>());
    declared.add(added);
    return added;
  }

  private static Declared declared(FeatureConfig feature) {
    return feature.hasItemAttribute()
        ? new Declared(feature.getName(), ItemAttribute.of(feature.getItemAttribute()), null)
        : new Declared(feature.getName(), null, ItemStatisticSettings.of(feature));
  }

  /**
   * The actions with what is known of their items, in the same order.
   *
   * @param context where the request names its segments
   * @param timeMillis when the ranking is for, milliseconds since 1970 UTC
   */
  public List<Action> addTo(
      List<Action> actions,
      String surface,
      List<Namespace> context,
      long timeMillis,
      ItemSource items) {
    List<Action> enriched = new ArrayList<>(actions.size());
    for (Action action : actions) {
      Item item = items.item(surface, action.getId());
      ItemStatistics statistics = anyStatistic ? items.statistics(surface, action.getId()) : null;
      if (item == null && declared.isEmpty()) {
        enriched.add(action);
        continue;
      }
      Action.Builder with = action.toBuilder();
      if (item != null) {
        addAttributes(with, item);
      }
      for (DeclaredNamespace namespace : declared) {
        List<Feature> features = new ArrayList<>(namespace.features().size());
        for (Declared feature : namespace.features()) {
          FeatureValue value = value(feature, item, statistics, context, timeMillis);
          if (value != null) {
            features.add(Feature.newBuilder().setName(feature.name()).setValue(value).build());
          }
        }
        append(with, namespace.name(), features);
      }
      enriched.add(with.build());
    }
    return enriched;
  }

  private static @Nullable FeatureValue value(
      Declared feature,
      @Nullable Item item,
      @Nullable ItemStatistics statistics,
      List<Namespace> context,
      long timeMillis) {
    if (feature.attribute() != null) {
      return item == null ? null : feature.attribute().value(item);
    }
    ItemStatisticSettings settings = feature.statistic();
    if (settings == null) {
      return null;
    }
    String segment = FeaturePaths.text(context, settings.segmentFeature());
    double rate = ItemRates.rate(statistics, settings, segment, timeMillis);
    return FeatureValue.newBuilder().setNumber(rounded(rate)).build();
  }

  /**
   * To three significant digits, and within what a feature may be: less than a rate is known to,
   * and decisions that wait for their rewards share the actions that are equal.
   */
  static double rounded(double rate) {
    if (rate < Double.MIN_NORMAL) {
      return 0;
    }
    double unit = StrictMath.pow(10, StrictMath.floor(StrictMath.log10(rate)) - 2);
    return Math.min(ExampleRules.NUMBER_BOUND, Math.rint(rate / unit) * unit);
  }

  /** The item's namespaces that the action has not, while there is room. */
  private void addAttributes(Action.Builder action, Item item) {
    List<Namespace> own = action.getNamespacesList();
    int room = NAMESPACES_BOUND - declared.size();
    for (Namespace namespace : item.getAttributesList()) {
      if (action.getNamespacesCount() < room && !has(own, namespace.getName())) {
        action.addNamespaces(sensitive.isEmpty() ? namespace : withoutSensitive(namespace));
      }
    }
  }

  private static boolean has(List<Namespace> namespaces, String name) {
    for (Namespace namespace : namespaces) {
      if (namespace.getName().equals(name)) {
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

  /** Appends to the namespace of that name, or as one more while there is room. */
  private static void append(Action.Builder action, String name, List<Feature> features) {
    if (features.isEmpty()) {
      return;
    }
    for (int i = 0; i < action.getNamespacesCount(); i++) {
      Namespace namespace = action.getNamespaces(i);
      if (namespace.getName().equals(name)) {
        int room = Math.max(0, FEATURES_BOUND - namespace.getFeaturesCount());
        action.setNamespaces(
            i,
            namespace.toBuilder()
                .addAllFeatures(features.subList(0, Math.min(room, features.size()))));
        return;
      }
    }
    if (action.getNamespacesCount() < NAMESPACES_BOUND) {
      action.addNamespaces(Namespace.newBuilder().setName(name).addAllFeatures(features));
    }
  }
}
