package io.waggle.core.offline;

import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.Namespace;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A log in memory. */
final class ListedLog implements DecisionLog {
  private final List<LoggedDecision> decisions;
  private int next;

  ListedLog(List<LoggedDecision> decisions) {
    this.decisions = decisions;
  }

  /** A decision among actions {@code a0, a1, ...} for a user with one feature. */
  static JoinedDecision decision(
      String taste, int actions, int chosen, double propensity, double reward) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId("d")
            .setSurface("s")
            .setEventTimeMillis(1)
            .addContext(
                Namespace.newBuilder()
                    .setName("user")
                    .addFeatures(text("taste", taste))
                    .addFeatures(text("noise", "always")))
            .addOrder(chosen)
            .setPropensity(propensity);
    for (int i = 0; i < actions; i++) {
      decision.addActions(Action.newBuilder().setId("a" + i));
    }
    return JoinedDecision.newBuilder().setDecision(decision).setReward(reward).build();
  }

  static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }

  @Override
  public @Nullable LoggedDecision next() {
    return next < decisions.size() ? decisions.get(next++) : null;
  }

  @Override
  public double progress() {
    return decisions.isEmpty() ? 1 : (double) next / decisions.size();
  }

  @Override
  public LogCounts counts() {
    return new LogCounts(next, next, Map.of(), Map.of());
  }

  @Override
  public void close() {}
}
