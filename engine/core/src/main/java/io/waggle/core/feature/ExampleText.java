package io.waggle.core.feature;

import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import java.util.List;

/**
 * An example as Vowpal Wabbit's multi-line text, and where each action's line starts, so that a
 * label is put in without encoding again. Immutable.
 *
 * <p>One line per action, before them a {@code shared} line where there is a shared feature; each
 * line ends with a newline. An action's line starts with {@code |action id=ID}, then its own
 * namespaces, see {@link FeatureText}.
 */
final class ExampleText {
  /** What an action's line begins with; its id follows. */
  static final String ACTION = "|action id=";

  private final String text;
  private final int[] actionStarts;

  ExampleText(String text, int[] actionStarts) {
    this.text = text;
    this.actionStarts = actionStarts;
  }

  /**
   * Encodes.
   *
   * @throws IllegalArgumentException when a number is not finite
   */
  static ExampleText of(List<Namespace> context, List<Namespace> session, List<Action> actions) {
    StringBuilder text = new StringBuilder(256 + 128 * actions.size());
    if (FeatureText.isAny(context) || FeatureText.isAny(session)) {
      text.append("shared");
      FeatureText.append(text, context);
      FeatureText.append(text, session);
      text.append('\n');
    }
    int[] starts = new int[actions.size()];
    for (int i = 0; i < starts.length; i++) {
      Action action = actions.get(i);
      starts[i] = text.length();
      text.append(ACTION);
      FeatureText.appendValue(text, action.getId());
      FeatureText.append(text, action.getNamespacesList());
      text.append('\n');
    }
    return new ExampleText(text.toString(), starts);
  }

  /** How many actions it has. */
  int actions() {
    return actionStarts.length;
  }

  /** Where an action's line begins in {@link #unlabelled}. */
  int start(int action) {
    return actionStarts[action];
  }

  /** The text without a label. */
  String unlabelled() {
    return text;
  }

  /** The text with {@code 0:cost:propensity} in front of the chosen action's line. */
  String labelled(int chosen, double cost, double propensity) {
    int start = actionStarts[chosen];
    StringBuilder labelled = new StringBuilder(text.length() + 40);
    labelled.append(text, 0, start).append("0:");
    ExampleNumber.append(labelled, cost);
    labelled.append(':');
    ExampleNumber.append(labelled, propensity);
    return labelled.append(' ').append(text, start, text.length()).toString();
  }
}
