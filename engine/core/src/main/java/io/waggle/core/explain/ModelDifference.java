package io.waggle.core.explain;

import static java.util.Comparator.comparingDouble;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.codec.WeightTable;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How the weights of two models differ. Immutable.
 *
 * @param nonzero weights that are not 0 in the one
 * @param otherNonzero weights that are not 0 in the other
 * @param changed weights that differ
 * @param largest largest absolute difference
 * @param distance root of the summed squared differences
 * @param most the weights that differ most, most first
 */
public record ModelDifference(
    long nonzero,
    long otherNonzero,
    long changed,
    double largest,
    double distance,
    List<Change> most) {

  /** One weight in two models. */
  public record Change(int index, double weight, double otherWeight) {
    double size() {
      return Math.abs(weight - otherWeight);
    }
  }

  public ModelDifference {
    most = List.copyOf(most);
  }

  /**
   * Compares two models.
   *
   * @param limit most weights to tell
   * @throws IllegalArgumentException when they have not equally many weights
   */
  public static ModelDifference between(VowpalWabbitModel one, VowpalWabbitModel other, int limit) {
    if (one.header().bits() != other.header().bits()) {
      throw new IllegalArgumentException(
          "bits: %d and %d (expected: the same)"
              .formatted(one.header().bits(), other.header().bits()));
    }
    Collector collector = new Collector(limit);
    WeightTable left = one.weights();
    WeightTable right = other.weights();
    int i = 0;
    int j = 0;
    while (i < left.size() || j < right.size()) {
      int leftIndex = i < left.size() ? left.index(i) : Integer.MAX_VALUE;
      int rightIndex = j < right.size() ? right.index(j) : Integer.MAX_VALUE;
      int index = Math.min(leftIndex, rightIndex);
      collector.take(
          index,
          leftIndex == index ? left.value(i++, WeightTable.WEIGHT) : 0,
          rightIndex == index ? right.value(j++, WeightTable.WEIGHT) : 0);
    }
    return collector.result();
  }

  /** Adds up. */
  private static final class Collector {
    private final int limit;
    private final PriorityQueue<Change> most = new PriorityQueue<>(comparingDouble(Change::size));
    private long nonzero;
    private long otherNonzero;
    private long changed;
    private double largest;
    private double squares;

    Collector(int limit) {
      this.limit = limit;
    }

    void take(int index, double weight, double otherWeight) {
      nonzero += weight == 0 ? 0 : 1;
      otherNonzero += otherWeight == 0 ? 0 : 1;
      if (weight == otherWeight) {
        return;
      }
      Change change = new Change(index, weight, otherWeight);
      changed++;
      largest = Math.max(largest, change.size());
      squares += change.size() * change.size();
      most.add(change);
      if (most.size() > limit) {
        most.remove();
      }
    }

    ModelDifference result() {
      List<Change> first = new ArrayList<>(most);
      first.sort(comparingDouble((Change change) -> -change.size()).thenComparing(Change::index));
      return new ModelDifference(
          nonzero, otherNonzero, changed, largest, Math.sqrt(squares), first);
    }
  }
}
