package io.waggle.core.declared;

import io.waggle.core.feature.MovingNumbers;
import io.waggle.state.feature.FeatureDefaults;
import io.waggle.v1.Action;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureState;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The features of one surface, ready to encode. Any thread.
 *
 * <p>INVARIANT: a sensitive feature has no place here; this is the door that it does not pass.
 */
final class FeaturePlan {
  /** Of a surface that declares nothing. */
  static final FeaturePlan NONE = new FeaturePlan(List.of());

  private record Shared(Source source, SharedEncoding encoding) {}

  private record OfAction(Source source, ActionEncoding encoding, boolean ofItemAlone) {}

  private record Prepared(String namespace, ActionEncoding.OfActions encoding) {}

  /** Where the learner sees a feature and where its state is. */
  private record Source(
      String namespace, String name, int version, FeatureState.KindCase stateKind) {
    FeatureState state(Situation at) {
      return at.state(name, version, stateKind);
    }
  }

  /** What a catalogue says of its items, and no more. */
  private record OfCatalogue(ItemCatalogue catalogue) implements ItemSource {
    @Override
    public @Nullable Item item(String surface, String itemId) {
      return catalogue.find(itemId);
    }

    @Override
    public @Nullable ItemStatistics statistics(String surface, String itemId) {
      return null;
    }
  }

  private final List<Shared> shared = new ArrayList<>();
  private final List<OfAction> ofActions = new ArrayList<>();
  private final ItemNamespaces items;

  FeaturePlan(List<FeatureConfig> features) {
    items = new ItemNamespaces(features);
    for (FeatureConfig feature : features) {
      if (!feature.getSensitive()) {
        add(feature);
      }
    }
  }

  private void add(FeatureConfig feature) {
    Source source =
        new Source(
            FeatureKinds.namespace(feature),
            feature.getName(),
            FeatureDefaults.version(feature),
            stateKind(feature));
    ActionEncoding ofAction = ofAction(feature);
    if (ofAction != null) {
      ofActions.add(new OfAction(source, ofAction, FeatureKinds.isOfItemAlone(feature)));
      return;
    }
    SharedEncoding encoding = shared(feature);
    if (encoding != null) {
      shared.add(new Shared(source, encoding));
    }
  }

  /** The namespaces that all actions share. */
  List<Namespace> shared(Situation at) {
    FeatureOutput out = new FeatureOutput();
    for (Shared feature : shared) {
      out.in(feature.source().namespace());
      feature.encoding().append(out, feature.source().state(at), at);
    }
    return out.namespaces();
  }

  /** The actions of items, without and with what is the same in each request. */
  CatalogueActions prepare(ItemCatalogue catalogue) {
    List<Action> actions = catalogue.items().stream().map(items::action).toList();
    Situation anybody =
        Situation.of("", Session.getDefaultInstance(), 0, List.of(), 0, new OfCatalogue(catalogue));
    List<OfAction> alone = ofActions.stream().filter(OfAction::ofItemAlone).toList();
    return new CatalogueActions(catalogue, actions, withFeatures(actions, alone, anybody));
  }

  /** What of a catalogue's actions is one number and not the same in each request. */
  MovingNumbers numbers(Situation at, CatalogueActions catalogue, int[] selected) {
    List<Namespace> names = new ArrayList<>();
    List<float[]> values = new ArrayList<>();
    for (OfAction feature : ofActions) {
      Source source = feature.source();
      if (!feature.ofItemAlone()
          && feature.encoding().at(source.state(at), at) instanceof ActionNumber number) {
        names.add(MovingNumbers.name(source.namespace(), source.name()));
        String sharedBy = number.sharedBy();
        values.add(
            sharedBy == null
                ? catalogue.numbers(number, selected)
                : catalogue.numbers(number, sharedBy, at.timeMillis()));
      }
    }
    return new MovingNumbers(names, values.toArray(float[][]::new));
  }

  /** The actions with their items' namespaces, and their features behind those. */
  List<Action> actions(Situation at, List<Action> given) {
    return withFeatures(items.addTo(given, at.surface(), at.items()), ofActions, at);
  }

  /** The list that was given where the features add nothing, whatever the action. */
  private static List<Action> withFeatures(
      List<Action> actions, List<OfAction> features, Situation at) {
    List<Prepared> prepared = new ArrayList<>(features.size());
    for (OfAction feature : features) {
      ActionEncoding.OfActions encoding = feature.encoding().at(feature.source().state(at), at);
      if (encoding != null) {
        prepared.add(new Prepared(feature.source().namespace(), encoding));
      }
    }
    return prepared.isEmpty()
        ? actions
        : actions.stream().map(action -> withFeatures(action, prepared)).toList();
  }

  private static Action withFeatures(Action action, List<Prepared> features) {
    FeatureOutput out = new FeatureOutput();
    for (Prepared feature : features) {
      out.in(feature.namespace());
      feature.encoding().append(out, action);
    }
    return out.isEmpty()
        ? action
        : action.toBuilder()
            .clearNamespaces()
            .addAllNamespaces(out.behind(action.getNamespacesList()))
            .build();
  }

  private static @Nullable SharedEncoding shared(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case WINDOW -> UserEncodings.window(feature);
      case DECAYED -> UserEncodings.decayed(feature);
      case RATE -> UserEncodings.rate(feature);
      case LAST -> UserEncodings.last(feature);
      case TIME_SINCE -> UserEncodings.timeSince(feature);
      case DISTINCT -> UserEncodings.distinct(feature);
      case QUANTILE -> UserEncodings.quantile(feature);
      case AFFINITY -> UserEncodings.affinity(feature);
      case SESSION -> SessionEncodings.of(feature);
      case LOCAL_TIME -> LocalTimes.of(feature);
      case TOKENS -> RequestEncodings.ofRequest(RequestEncodings.tokens(feature));
      case NUMBER -> RequestEncodings.ofRequest(RequestEncodings.number(feature));
      case SEEN, ITEM_ATTRIBUTE, ITEM_STATISTIC, KIND_NOT_SET -> null;
    };
  }

  private static @Nullable ActionEncoding ofAction(FeatureConfig feature) {
    if (!FeatureKinds.isOfAction(feature)) {
      return null;
    }
    return switch (feature.getKindCase()) {
      case SEEN -> UserActionEncodings.seen(feature);
      case AFFINITY -> UserActionEncodings.affinity(feature);
      case TOKENS -> RequestEncodings.ofActions(RequestEncodings.tokens(feature));
      case NUMBER -> RequestEncodings.ofActions(RequestEncodings.number(feature));
      case ITEM_ATTRIBUTE -> ItemEncodings.attribute(feature);
      case ITEM_STATISTIC -> ItemEncodings.statistic(feature);
      default -> null;
    };
  }

  private static FeatureState.KindCase stateKind(FeatureConfig feature) {
    return switch (feature.getKindCase()) {
      case WINDOW -> FeatureState.KindCase.WINDOW;
      case DECAYED -> FeatureState.KindCase.DECAYED;
      case RATE -> FeatureState.KindCase.RATE;
      case LAST -> FeatureState.KindCase.LAST;
      case TIME_SINCE -> FeatureState.KindCase.TIME_SINCE;
      case DISTINCT -> FeatureState.KindCase.DISTINCT;
      case QUANTILE -> FeatureState.KindCase.QUANTILE;
      case AFFINITY -> FeatureState.KindCase.AFFINITY;
      case SEEN -> FeatureState.KindCase.SEEN;
      case SESSION -> FeatureState.KindCase.SESSION;
      case LOCAL_TIME, TOKENS, NUMBER, ITEM_ATTRIBUTE, ITEM_STATISTIC, KIND_NOT_SET ->
          FeatureState.KindCase.KIND_NOT_SET;
    };
  }
}
