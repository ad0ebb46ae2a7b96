package io.waggle.core.explain;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waggle.core.feature.EscapedText;
import io.waggle.core.feature.Example;
import io.waggle.core.score.FeatureHash;
import io.waggle.core.score.LearnerOptions;
import io.waggle.core.score.WeightSets;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The features of an action with their names, grouped by the first letter of their namespace as the
 * scorer groups them: own ones first, then the constant, then what is shared. For explanations, so
 * it allocates freely. Immutable; any thread.
 */
final class ActionFeatures {
  /** The group of a slot's index, whose letter no namespace has. */
  static final char SLOT_INDEX_LETTER = 140;

  private static final String ID = "id";

  private final FeatureHash hash;
  private final String ignored;
  private final String kept;
  private final boolean constant;
  private final int scale;

  ActionFeatures(LearnerOptions options) {
    this.hash = FeatureHash.of(options);
    this.ignored = options.letters("--ignore");
    this.kept = options.letters("--keep");
    this.constant = !options.has("--noconstant");
    this.scale = WeightSets.of(options).scale();
  }

  /**
   * What all actions of an example share.
   *
   * @param slot index of the slot to fill; what it has is shared too where there are slots
   */
  Map<Character, List<PresentFeature>> shared(Example example, int slot) {
    Map<Character, List<PresentFeature>> groups = new LinkedHashMap<>();
    add(groups, example.context());
    add(groups, example.session());
    if (!example.slots().isEmpty()) {
      Slot filled = example.slots().get(slot);
      addId(groups, "Slot", filled.getId());
      add(groups, filled.getFeaturesList());
      int index = hash.feature("index" + slot, hash.namespace("_id")) * scale;
      group(groups, SLOT_INDEX_LETTER)
          .add(new PresentFeature("Slot", "index", Integer.toString(slot), 1, index));
    }
    return groups;
  }

  /** What an action has, with what is shared. */
  Map<Character, List<PresentFeature>> of(
      Action action, Map<Character, List<PresentFeature>> shared) {
    Map<Character, List<PresentFeature>> groups = new LinkedHashMap<>();
    addId(groups, "action", action.getId());
    add(groups, action.getNamespacesList());
    if (constant) {
      NamedFeature feature = NamedFeature.CONSTANT;
      group(groups, NamedFeature.CONSTANT_LETTER)
          .add(new PresentFeature("", feature.name(), null, 1, feature.hash() * scale));
    }
    shared.forEach((letter, features) -> group(groups, letter).addAll(features));
    return groups;
  }

  private static List<PresentFeature> group(
      Map<Character, List<PresentFeature>> groups, char letter) {
    return groups.computeIfAbsent(letter, key -> new ArrayList<>());
  }

  private boolean takes(char letter) {
    return ignored.indexOf(letter) < 0 && (kept.isEmpty() || kept.indexOf(letter) >= 0);
  }

  private void addId(Map<Character, List<PresentFeature>> groups, String namespace, String id) {
    if (takes(namespace.charAt(0))) {
      group(groups, namespace.charAt(0))
          .add(feature(namespace, hash.namespace(namespace), ID, id, 1));
    }
  }

  private void add(Map<Character, List<PresentFeature>> groups, List<Namespace> namespaces) {
    for (Namespace namespace : namespaces) {
      char letter = namespace.getName().charAt(0);
      if (takes(letter) && namespace.getFeaturesCount() > 0) {
        int namespaceHash = hash.namespace(escapedName(namespace.getName()));
        List<PresentFeature> group = group(groups, letter);
        for (Feature feature : namespace.getFeaturesList()) {
          add(group, namespace.getName(), namespaceHash, feature);
        }
      }
    }
  }

  private void add(
      List<PresentFeature> group, String namespace, int namespaceHash, Feature feature) {
    FeatureValue value = feature.getValue();
    switch (value.getKindCase()) {
      case NUMBER -> {
        float number = (float) value.getNumber();
        // A feature that is 0 is none.
        if (number != 0) {
          group.add(feature(namespace, namespaceHash, feature.getName(), null, number));
        }
      }
      case TEXT ->
          group.add(feature(namespace, namespaceHash, feature.getName(), value.getText(), 1));
      case TEXTS -> {
        for (String text : value.getTexts().getValuesList()) {
          group.add(feature(namespace, namespaceHash, feature.getName(), text, 1));
        }
      }
      case KIND_NOT_SET -> {}
    }
  }

  private PresentFeature feature(
      String namespace, int namespaceHash, String name, @Nullable String text, float value) {
    String written = escapedName(name) + (text == null ? "" : "=" + escapedValue(text));
    return new PresentFeature(
        namespace, name, text, value, hash.feature(written, namespaceHash) * scale);
  }

  private static String escapedName(String name) {
    byte[] bytes = new byte[EscapedText.LARGEST * name.length()];
    return new String(bytes, 0, EscapedText.writeName(bytes, 0, name), US_ASCII);
  }

  private static String escapedValue(String value) {
    byte[] bytes = new byte[EscapedText.LARGEST * value.length()];
    return new String(bytes, 0, EscapedText.writeValue(bytes, 0, value), US_ASCII);
  }
}
