package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.ApartConstraint;
import io.waggle.v1.CapConstraint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which action may take a place beside what is placed already. Of one ranking; one thread. */
interface PlacementRule {
  /** Stands for a place that nothing has taken yet. */
  int FREE = -1;

  /**
   * True: the action may take the place.
   *
   * @param places action by place, {@link #FREE} where there is none yet
   */
  boolean fits(int action, int place, int[] places);

  /** An action takes a place, at once for good. */
  void placed(int action, int place);

  /** Places from here on do not concern it. */
  int first();

  /** At most so many of one value among the first places. */
  final class Cap implements PlacementRule {
    private final CapConstraint config;
    private final AttributeValues values;
    private final Map<String, Integer> counts = new HashMap<>();

    Cap(CapConstraint config, List<Action> actions) {
      this.config = config;
      this.values = new AttributeValues(Attribute.of(config.getAttribute()), actions);
    }

    @Override
    public boolean fits(int action, int place, int[] places) {
      if (place >= config.getFirst()) {
        return true;
      }
      for (String value : values.of(action)) {
        if (counts.getOrDefault(value, 0) >= config.getMost()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void placed(int action, int place) {
      if (place < config.getFirst()) {
        for (String value : values.of(action)) {
          counts.merge(value, 1, Integer::sum);
        }
      }
    }

    @Override
    public int first() {
      return config.getFirst();
    }
  }

  /** No two of the same value near each other; looks at what is pinned behind the place too. */
  final class Apart implements PlacementRule {
    private static final int DEFAULT_FIRST = 100;

    private final int distance;
    private final int first;
    private final AttributeValues values;

    Apart(ApartConstraint config, List<Action> actions) {
      this.distance = config.hasDistance() ? config.getDistance() : 1;
      this.first = config.hasFirst() ? config.getFirst() : DEFAULT_FIRST;
      this.values = new AttributeValues(Attribute.of(config.getAttribute()), actions);
    }

    @Override
    public boolean fits(int action, int place, int[] places) {
      if (place >= first) {
        return true;
      }
      int end = Math.min(Math.min(places.length, first), place + distance + 1);
      for (int other = Math.max(0, place - distance); other < end; other++) {
        if (other != place && places[other] != FREE && values.share(action, places[other])) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void placed(int action, int place) {
      // What is placed is in the places.
    }

    @Override
    public int first() {
      return first;
    }
  }
}
