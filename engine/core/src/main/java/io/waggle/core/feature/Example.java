package io.waggle.core.feature;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Namespace;
import java.util.List;

/**
 * What a policy sees of a decision: shared features and actions, and their learner text, encoded
 * once and shared by every policy. One thread at a time.
 */
public final class Example {
  private final List<Namespace> context;
  private final List<Namespace> session;
  private final List<Action> actions;

  public Example(List<Namespace> context, List<Namespace> session, List<Action> actions) {
    this.context = context;
    this.session = session;
    this.actions = actions;
  }

  public static Example of(Decision decision) {
    return new Example(
        decision.getContextList(), decision.getSessionList(), decision.getActionsList());
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

  /** VW multi-line text without a label; ends with an empty line's newline as VW wants it. */
  public String text() {
    throw new UnsupportedOperationException();
  }

  /** The same with {@code 0:cost:propensity} on the chosen action's line. */
  public String labelledText(int chosen, double cost, double propensity) {
    throw new UnsupportedOperationException();
  }
}
