package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.log.DecisionLog;
import io.waggle.core.log.DsjsonLog;
import io.waggle.core.log.LoggedDecision;
import io.waggle.v1.Decision;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.SlotDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An example and what was chosen.
 *
 * @param outcomes of a single ranking one, of several slots one each; empty: no label
 */
record LabelledExample(Example example, List<SlotOutcome> outcomes) {
  /** The examples of a conformance case, through our readers. */
  static List<LabelledExample> read(Path input, String format) throws IOException {
    if (format.equals("text")) {
      return VowpalWabbitText.examples(Files.readString(input));
    }
    List<LabelledExample> examples = new ArrayList<>();
    for (LoggedDecision logged : decisions(input)) {
      examples.add(of(logged.joined()));
    }
    return examples;
  }

  /** The decisions of a dsjson file, none of which may be bad. */
  static List<LoggedDecision> decisions(Path input) throws IOException {
    List<LoggedDecision> decisions = new ArrayList<>();
    try (DecisionLog log = DsjsonLog.open(input, "test")) {
      for (LoggedDecision one = log.next(); one != null; one = log.next()) {
        decisions.add(one);
      }
      if (log.counts().decisions() != log.counts().records()) {
        throw new AssertionError(input + ": " + log.counts());
      }
    }
    return decisions;
  }

  static LabelledExample of(JoinedDecision joined) {
    Decision decision = joined.getDecision();
    List<SlotOutcome> outcomes = new ArrayList<>();
    if (decision.getSlotsCount() == 0) {
      outcomes.add(
          new SlotOutcome(decision.getOrder(0), -joined.getReward(), decision.getPropensity()));
    }
    for (int i = 0; i < decision.getSlotsCount(); i++) {
      SlotDecision slot = decision.getSlots(i);
      outcomes.add(
          new SlotOutcome(
              slot.getAction(), -joined.getSlotRewards(i).getReward(), slot.getPropensity()));
    }
    return new LabelledExample(Example.of(decision), outcomes);
  }
}
