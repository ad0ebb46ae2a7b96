package io.waggle.core.feature;

import com.google.protobuf.ByteString;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import io.waggle.v1.SlotDecision;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy sees of a decision: shared features, actions and the slots to fill, and their
 * learner text, checked and encoded once, on first use, and shared by every policy. One thread at a
 * time.
 */
public final class Example {
  /**
   * Longest learner text, characters (ASCII, so bytes too). More than a 5 MB request can ask for in
   * earnest; without a bound the escaping of hostile texts would triple it.
   */
  public static final int TEXT_BOUND = 8 << 20;

  private final List<Namespace> context;
  private final List<Namespace> session;
  private final List<Action> actions;
  private final long timeMillis;
  private final List<Slot> slots;
  private @Nullable ExampleText text;
  private @Nullable SlotsText slotsText;
  private @Nullable String problem;
  private boolean checked;

  /** An example to predict. */
  public Example(List<Namespace> context, List<Namespace> session, List<Action> actions) {
    this(context, session, actions, 0);
  }

  /**
   * An example to learn.
   *
   * @param timeMillis when the decision was made, milliseconds since 1970 UTC; 0: not known
   */
  public Example(
      List<Namespace> context, List<Namespace> session, List<Action> actions, long timeMillis) {
    this(context, session, actions, timeMillis, List.of());
  }

  /**
   * An example of several slots.
   *
   * @param timeMillis when the decision was made, milliseconds since 1970 UTC; 0: not known
   * @param slots in the order they are filled; empty: a single ranking
   */
  public Example(
      List<Namespace> context,
      List<Namespace> session,
      List<Action> actions,
      long timeMillis,
      List<Slot> slots) {
    this.context = context;
    this.session = session;
    this.actions = actions;
    this.timeMillis = timeMillis;
    this.slots = slots;
  }

  public static Example of(Decision decision) {
    return new Example(
        decision.getContextList(),
        decision.getSessionList(),
        decision.getActionsList(),
        decision.getEventTimeMillis(),
        decision.getSlotsList().stream().map(SlotDecision::getSlot).toList());
  }

  /**
   * The example of a joined decision, packed or not.
   *
   * @throws IllegalArgumentException when its features are no features
   */
  public static Example of(JoinedDecision joined) {
    ByteString features = joined.getFeatures();
    ExampleText text = features.isEmpty() ? null : PackedText.of(features);
    if (text == null || text.unlabelled().length() > TEXT_BOUND) {
      return of(PackedFeatures.decision(joined));
    }
    PackedFeatures.Later later = new PackedFeatures.Later(features);
    Example example =
        new Example(
            later.context(),
            later.session(),
            later.actions(text.actions()),
            joined.getDecision().getEventTimeMillis());
    example.text = text;
    example.checked = true;
    return example;
  }

  public List<Namespace> context() {
    return context;
  }

  public List<Namespace> session() {
    return session;
  }

  public List<Action> actions() {
    return actions;
  }

  /** When the decision was made, milliseconds since 1970 UTC; 0: not known. */
  public long timeMillis() {
    return timeMillis;
  }

  /** The slots in the order they are filled; empty: a single ranking. */
  public List<Slot> slots() {
    return slots;
  }

  /**
   * Why no learner may see this example, as {@code field: value (expected: ...)}; null when it may.
   */
  public @Nullable String problem() {
    if (!checked) {
      problem = ExampleRules.problem(context, session, actions, slots);
      if (problem == null && TextBounds.atMost(context, session, actions, slots) > TEXT_BOUND) {
        int length = slots.isEmpty() ? text().length() : encodedSlots().length();
        if (length > TEXT_BOUND) {
          problem = "text: " + length + " bytes (expected: at most " + TEXT_BOUND + ")";
        }
      }
      checked = true;
    }
    return problem;
  }

  /**
   * The same before the next slot is filled.
   *
   * @param earlier what fills the slots before: to be distinct actions, with slots left
   */
  public @Nullable String problem(int[] earlier) {
    String found = problem();
    if (found != null) {
      return found;
    }
    if (earlier.length >= slots.size()) {
      return "slots: " + slots.size() + " (expected: more than the " + earlier.length + " filled)";
    }
    BitSet taken = new BitSet(actions.size());
    for (int action : earlier) {
      if (action < 0 || action >= actions.size() || taken.get(action)) {
        return "slots: action " + action + " (expected: distinct, below " + actions.size() + ")";
      }
      taken.set(action);
    }
    return null;
  }

  /**
   * VW multi-line text without a label; every line ends with a newline.
   *
   * @throws IllegalArgumentException when a number is not finite
   */
  public String text() {
    return encoded().unlabelled();
  }

  /**
   * The same with {@code 0:cost:propensity} on the chosen action's line.
   *
   * @throws IllegalArgumentException when a number is not finite
   * @throws IndexOutOfBoundsException when {@code chosen} is no action
   */
  public String labelledText(int chosen, double cost, double propensity) {
    return encoded().labelled(chosen, cost, propensity);
  }

  /**
   * VW text that asks for the distribution of one slot, given what fills the slots before.
   *
   * @param earlier distinct actions of the slots before; their number is the slot's index
   * @throws IllegalArgumentException when a number is not finite
   * @throws IndexOutOfBoundsException when there is no such slot
   */
  public String slotText(int[] earlier) {
    return encodedSlots().toPredict(earlier);
  }

  /**
   * VW text with {@code action:cost:propensity} on every slot's line.
   *
   * @param chosen the distinct actions of all slots, in order; the other arrays likewise
   * @throws IllegalArgumentException when a number is not finite
   */
  public String labelledSlotsText(int[] chosen, double[] costs, double[] propensities) {
    return encodedSlots().toLearn(chosen, costs, propensities);
  }

  private SlotsText encodedSlots() {
    SlotsText encoded = slotsText;
    if (encoded == null) {
      encoded = SlotsText.of(context, session, actions, slots);
      slotsText = encoded;
    }
    return encoded;
  }

  ExampleText encoded() {
    ExampleText encoded = text;
    if (encoded == null) {
      encoded = ExampleText.of(context, session, actions);
      text = encoded;
    }
    return encoded;
  }
}
