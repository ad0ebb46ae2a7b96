package io.waggle.core.explain;

import static java.util.Comparator.comparingDouble;

import io.waggle.v1.ActionExplanation;
import io.waggle.v1.Contribution;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** The largest of an action's contributions, and what the others add up to. One thread. */
final class LargestContributions {
  private final int limit;
  private final PriorityQueue<Sized> largest =
      new PriorityQueue<>(comparingDouble((Sized one) -> one.size()));
  private double others;
  private int otherCount;

  /** One of them. */
  private record Sized(PresentFeature[] parts, float value, double weight) {
    double contribution() {
      return weight * value;
    }

    double size() {
      return Math.abs(contribution());
    }

    Contribution told() {
      Contribution.Builder told =
          Contribution.newBuilder()
              .setValue(value)
              .setWeight(weight)
              .setContribution(contribution());
      for (PresentFeature part : parts) {
        told.addParts(part.part());
      }
      return told.build();
    }
  }

  /**
   * None yet.
   *
   * @param limit most to keep; 0: only the sum
   */
  LargestContributions(int limit) {
    this.limit = limit;
  }

  /**
   * Takes one; a weight of 0 contributes nothing.
   *
   * @param parts copied where it is kept
   */
  void add(PresentFeature[] parts, float value, double weight) {
    if (weight == 0) {
      return;
    }
    double size = Math.abs(weight * value);
    if (largest.size() == limit && (limit == 0 || size <= largest.element().size())) {
      others += weight * value;
      otherCount++;
      return;
    }
    largest.add(new Sized(parts.clone(), value, weight));
    if (largest.size() > limit) {
      others += largest.remove().contribution();
      otherCount++;
    }
  }

  void tell(ActionExplanation.Builder action) {
    List<Sized> first = new ArrayList<>(largest);
    first.sort(comparingDouble((Sized one) -> -one.size()));
    first.forEach(one -> action.addContributions(one.told()));
    action.setOthers(others).setOtherCount(otherCount);
  }
}
