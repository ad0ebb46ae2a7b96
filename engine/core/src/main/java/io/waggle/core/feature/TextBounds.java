package io.waggle.core.feature;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.List;

/**
 * How long a learner's text can be at most, without writing it: most examples are so far from the
 * bound that nobody needs to know more. Pure.
 */
final class TextBounds {
  /** A line's own words, its label with two numbers among them. */
  private static final int LINE = 160;

  /** A space, a sign between name and value, and the longest number: -0x1.fffffep-126. */
  private static final int FEATURE = 20;

  private TextBounds() {}

  /** At least as many characters as the example's text has, with slots or without. */
  static long atMost(
      List<Namespace> context, List<Namespace> session, List<Action> actions, List<Slot> slots) {
    long bound = LINE + atMost(context) + atMost(session);
    for (Action action : actions) {
      bound +=
          LINE + escaped(action.getId()) + SoundNamespaces.textBound(action.getNamespacesList());
    }
    for (Slot slot : slots) {
      bound += LINE + escaped(slot.getId()) + atMost(slot.getFeaturesList());
    }
    return bound;
  }

  private static long atMost(List<Namespace> namespaces) {
    long bound = 0;
    for (int i = 0; i < namespaces.size(); i++) {
      bound += atMost(namespaces.get(i));
    }
    return bound;
  }

  static long atMost(Namespace namespace) {
    long bound = FEATURE + escaped(namespace.getName());
    for (int i = 0; i < namespace.getFeaturesCount(); i++) {
      bound += atMost(namespace.getFeatures(i));
    }
    return bound;
  }

  private static long atMost(Feature feature) {
    long name = FEATURE + escaped(feature.getName());
    FeatureValue value = feature.getValue();
    if (!value.hasTexts()) {
      return name + escaped(value.getText());
    }
    long bound = 0;
    for (String text : value.getTexts().getValuesList()) {
      bound += name + escaped(text);
    }
    return bound;
  }

  private static long escaped(String text) {
    return (long) EscapedText.LARGEST * text.length();
  }
}
