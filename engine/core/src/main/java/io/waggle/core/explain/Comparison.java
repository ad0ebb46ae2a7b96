package io.waggle.core.explain;

import io.waggle.core.rank.Redraw;
import io.waggle.v1.Decision;
import io.waggle.v1.Reproduction;
import io.waggle.v1.ReproductionOutcome;
import java.util.ArrayList;
import java.util.List;

/** A decision made again beside the one that was logged. One thread. */
final class Comparison {
  private static final int SHOWN = 20;

  private final List<String> differences = new ArrayList<>();
  private int more;

  private Comparison() {}

  /**
   * Compares bit for bit: probabilities and draw of every slot, and the order where no constraint
   * arranged it after the draw.
   */
  static Reproduction of(Decision decision, List<LoggedSlot> logged, Redraw again) {
    Comparison comparison = new Comparison();
    for (LoggedSlot slot : logged) {
      comparison.slot(decision, slot, again.slots().get(slot.index()));
    }
    if (decision.getConstraintsCount() == 0) {
      comparison.order(decision, again.order());
    }
    return comparison.result();
  }

  private void slot(Decision decision, LoggedSlot logged, Redraw.Slot again) {
    String of = logged.id().isEmpty() ? "" : "slot " + logged.id() + ": ";
    for (int action = 0; action < logged.probabilities().length; action++) {
      double then = logged.probabilities()[action];
      double now = again.probabilities()[action];
      if (Double.doubleToLongBits(then) != Double.doubleToLongBits(now)) {
        add(
            "%sprobability of %s: logged %s, reproduced %s"
                .formatted(of, id(decision, action), then, now));
      }
    }
    if (logged.action() != again.action()) {
      add(
          "%sdrawn: logged %s, reproduced %s"
              .formatted(of, id(decision, logged.action()), id(decision, again.action())));
    }
  }

  private void order(Decision decision, List<Integer> again) {
    // An imported log may hold the chosen action only.
    for (int place = 0; place < decision.getOrderCount() && place < again.size(); place++) {
      if (decision.getOrder(place) != again.get(place)) {
        add(
            "place %d: logged %s, reproduced %s"
                .formatted(
                    place + 1,
                    id(decision, decision.getOrder(place)),
                    id(decision, again.get(place))));
      }
    }
  }

  private static String id(Decision decision, int action) {
    return decision.getActions(action).getId();
  }

  private void add(String difference) {
    if (differences.size() < SHOWN) {
      differences.add(difference);
    } else {
      more++;
    }
  }

  private Reproduction result() {
    Reproduction.Builder result = Reproduction.newBuilder().addAllDifferences(differences);
    if (more > 0) {
      result.addDifferences(more + " more");
    }
    return result
        .setOutcome(
            differences.isEmpty()
                ? ReproductionOutcome.REPRODUCTION_OUTCOME_EQUAL
                : ReproductionOutcome.REPRODUCTION_OUTCOME_DIFFERENT)
        .build();
  }
}
