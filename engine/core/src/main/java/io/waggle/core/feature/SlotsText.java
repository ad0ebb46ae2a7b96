package io.waggle.core.feature;

import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.List;

/**
 * An example of several slots as the text that Vowpal Wabbit's {@code --ccb_explore_adf} reads, and
 * where each slot's line is, so that labels are put in without encoding again. Immutable.
 *
 * <p>A line {@code ccb shared}, one {@code ccb action} per action as in {@link ExampleText}, one
 * {@code ccb slot} per slot: {@code |Slot id=ID}, then the slot's own namespaces. The id makes
 * every slot have a feature: a model switches to slot features for good at the first example that
 * has one (when predicting too), and so it always has.
 *
 * <p>VW draws by itself, which would fix later slots' choices. An earlier slot's action is
 * therefore forced, by naming it as the only one allowed there; and a tag {@code seed=0} keeps VW's
 * own generator still, which some learners use when they learn. The guard has checked what is
 * forced: an action out of range or forced twice ends the process.
 */
final class SlotsText {
  private final String beforeSlots;
  private final List<String> slotFeatures;
  private final int length;

  private SlotsText(String beforeSlots, List<String> slotFeatures) {
    this.beforeSlots = beforeSlots;
    this.slotFeatures = slotFeatures;
    this.length = beforeSlots.length() + slotFeatures.stream().mapToInt(String::length).sum();
  }

  /**
   * Encodes.
   *
   * @throws IllegalArgumentException when a number is not finite
   */
  static SlotsText of(
      List<Namespace> context, List<Namespace> session, List<Action> actions, List<Slot> slots) {
    StringBuilder text = new StringBuilder(256 + 128 * actions.size());
    text.append("ccb shared |");
    FeatureText.append(text, context);
    FeatureText.append(text, session);
    text.append('\n');
    for (Action action : actions) {
      text.append("ccb action |action id=");
      FeatureText.appendValue(text, action.getId());
      FeatureText.append(text, action.getNamespacesList());
      text.append('\n');
    }
    return new SlotsText(text.toString(), slots.stream().map(SlotsText::features).toList());
  }

  private static String features(Slot slot) {
    StringBuilder text = new StringBuilder("|Slot id=");
    FeatureText.appendValue(text, slot.getId());
    FeatureText.append(text, slot.getFeaturesList());
    return text.append('\n').toString();
  }

  /** Characters without labels. */
  int length() {
    return length;
  }

  /** To predict slot number {@code earlier.length}, given the actions of those before. */
  String toPredict(int[] earlier) {
    StringBuilder text = new StringBuilder(length + 40 * (earlier.length + 1));
    text.append(beforeSlots);
    for (int slot = 0; slot <= earlier.length; slot++) {
      text.append("ccb slot ");
      if (slot < earlier.length) {
        text.append(earlier[slot]).append(' ');
      }
      text.append("seed=0").append(slotFeatures.get(slot));
    }
    return text.toString();
  }

  /** With {@code action:cost:propensity} for every slot. */
  String toLearn(int[] actions, double[] costs, double[] propensities) {
    StringBuilder text = new StringBuilder(length + 60 * actions.length);
    text.append(beforeSlots);
    for (int slot = 0; slot < actions.length; slot++) {
      text.append("ccb slot ").append(actions[slot]).append(':');
      ExampleNumber.append(text, costs[slot]);
      text.append(':');
      ExampleNumber.append(text, propensities[slot]);
      text.append(' ').append(slotFeatures.get(slot));
    }
    return text.toString();
  }
}
