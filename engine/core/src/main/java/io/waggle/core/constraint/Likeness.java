package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.DiversityConstraint;
import java.util.List;

/**
 * How like an action is to those shown before it, for greedy maximal marginal relevance (Carbonell,
 * Goldstein, SIGIR 1998): the share of the attributes of which the two have a value in common, of
 * the one most like it. Of one ranking, whose places are filled from the first on; one thread.
 */
final class Likeness {
  private static final int DEFAULT_FIRST = 10;

  private final List<AttributeValues> attributes;
  private final double weight;
  private final int first;
  private final double[] likeness;
  private final int[] compared;

  Likeness(DiversityConstraint config, List<Action> actions) {
    this.attributes =
        config.getAttributesList().stream()
            .map(path -> new AttributeValues(Attribute.of(path), actions))
            .toList();
    this.weight = config.getWeight();
    this.first = config.hasFirst() ? config.getFirst() : DEFAULT_FIRST;
    this.likeness = new double[actions.size()];
    this.compared = new int[actions.size()];
  }

  /** Places from here on do not concern it. */
  int first() {
    return first;
  }

  /** {@code 1 - weight * likeness}: what a slot's probability is multiplied by. */
  double factor(int action, int place, int[] places) {
    return place >= first ? 1 : 1 - weight * likeness(action, place, places);
  }

  /**
   * {@code (1 - weight) (1 - position / first) - weight * likeness}: larger is better.
   *
   * @param position of the action among those left, below {@link #first()}
   */
  double score(int action, int position, int place, int[] places) {
    double relevance = 1 - (double) position / first;
    return (1 - weight) * relevance - weight * likeness(action, place, places);
  }

  /** Every action before the place is known; what was compared once is not compared again. */
  private double likeness(int action, int place, int[] places) {
    while (compared[action] < place) {
      int other = places[compared[action]++];
      int shared = 0;
      for (AttributeValues each : attributes) {
        shared += each.share(action, other) ? 1 : 0;
      }
      likeness[action] = Math.max(likeness[action], (double) shared / attributes.size());
    }
    return likeness[action];
  }
}
