package io.waggle.core.constraint;

import io.waggle.v1.Action;
import io.waggle.v1.ConstraintConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills the places of one ranking from the first on, greedily: each gets the first action of the
 * order that every rule allows there. Where there is none, the rule declared last gives way at that
 * place, then the one before it. What is pinned has its place from the start. One thread.
 */
final class Placement {
  private final List<Integer> constraints = new ArrayList<>();
  private final List<PlacementRule> rules = new ArrayList<>();
  private int diversity = -1;
  private @Nullable Likeness likeness;
  private final int[] places;

  /**
   * Nothing but the pins placed.
   *
   * @param configs all of the surface's; those of other kinds are passed over
   * @param pinned action by place, {@link PlacementRule#FREE} where none is; as long as there are
   *     actions
   */
  Placement(List<ConstraintConfig> configs, List<Action> actions, int[] pinned, Effects effects) {
    this.places = new int[pinned.length];
    Arrays.fill(places, PlacementRule.FREE);
    for (int i = 0; i < configs.size(); i++) {
      ConstraintConfig config = configs.get(i);
      switch (config.getKindCase()) {
        case CAP -> add(i, new PlacementRule.Cap(config.getCap(), actions));
        case APART -> add(i, new PlacementRule.Apart(config.getApart(), actions));
        case DIVERSITY -> {
          diversity = i;
          likeness = new Likeness(config.getDiversity(), actions);
        }
        case FILTER, SEEN, PIN, KIND_NOT_SET -> {}
      }
    }
    for (int place = 0; place < places.length; place++) {
      if (pinned[place] != PlacementRule.FREE) {
        place(pinned[place], place, effects);
      }
    }
  }

  private void add(int constraint, PlacementRule rule) {
    constraints.add(constraint);
    rules.add(rule);
  }

  /**
   * The action takes the place, whatever the rules say; those that say no give way, which is
   * counted. A pinned one has its place already.
   */
  void place(int action, int place, Effects effects) {
    if (places[place] != action) {
      tellEffects(0, broken(action, place, rules.size()), effects);
      put(action, place);
    }
  }

  private void put(int action, int place) {
    places[place] = action;
    for (PlacementRule rule : rules) {
      rule.placed(action, place);
    }
  }

  /** Places from here on take the order as it is. */
  private int last() {
    int last = likeness == null ? 0 : likeness.first();
    for (PlacementRule rule : rules) {
      last = Math.max(last, rule.first());
    }
    return last;
  }

  /**
   * Fills the places that are free.
   *
   * @param order the actions that have no place, in the order preferred; changed
   * @return action by place
   */
  int[] fill(int[] order, Effects effects) {
    int left = order.length;
    int last = last();
    for (int place = 0; place < places.length; place++) {
      if (places[place] == PlacementRule.FREE) {
        int position = place < last ? position(order, left, place, effects) : 0;
        put(order[position], place);
        left--;
        System.arraycopy(order, position + 1, order, position, left - position);
      }
    }
    return places;
  }

  /** Where in the order the action for the place is. */
  private int position(int[] order, int left, int place, Effects effects) {
    long blamed = 0;
    for (int kept = rules.size(); ; kept--) {
      int found = -1;
      for (int position = 0; position < left && found < 0; position++) {
        long broken = broken(order[position], place, kept);
        blamed |= broken;
        if (broken == 0) {
          found = position;
        }
      }
      if (found >= 0) {
        int chosen = mostDifferent(order, left, place, found, kept);
        if (chosen != found) {
          effects.keptBack(diversity);
        }
        tellEffects(blamed, broken(order[chosen], place, rules.size()), effects);
        return chosen;
      }
    }
  }

  /** Which of the first rules do not allow it, one bit each. */
  private long broken(int action, int place, int kept) {
    long broken = 0;
    for (int i = 0; i < kept; i++) {
      if (!rules.get(i).fits(action, place, places)) {
        broken |= 1L << i;
      }
    }
    return broken;
  }

  private void tellEffects(long blamed, long broken, Effects effects) {
    for (int i = 0; i < rules.size(); i++) {
      if ((broken & 1L << i) != 0) {
        effects.unmet(constraints.get(i), 1);
      } else if ((blamed & 1L << i) != 0) {
        effects.keptBack(constraints.get(i));
      }
    }
  }

  /** The best by marginal relevance of those that fit; the first of them where all are alike. */
  private int mostDifferent(int[] order, int left, int place, int firstFit, int kept) {
    Likeness like = likeness;
    if (like == null || place >= like.first()) {
      return firstFit;
    }
    int best = firstFit;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (int position = firstFit; position < Math.min(left, like.first()); position++) {
      double score = like.score(order[position], position, place, places);
      if (score > bestScore
          && (position == firstFit || broken(order[position], place, kept) == 0)) {
        bestScore = score;
        best = position;
      }
    }
    return best;
  }

  /**
   * Factors for a slot, given what the slots before have: 0 for what a rule does not allow, less
   * for what is like something before.
   *
   * @param factors {@code double[actions]}; 0: cannot be had anyway. Multiplied in place; at least
   *     one stays above 0
   */
  void restrict(double[] factors, int place, Effects effects) {
    long[] broken = new long[factors.length];
    for (int action = 0; action < factors.length; action++) {
      broken[action] = factors[action] == 0 ? 0 : broken(action, place, rules.size());
    }
    int kept = rules.size();
    while (!anyFits(factors, broken, (1L << kept) - 1)) {
      kept--;
    }
    long allRules = (1L << kept) - 1;
    long keptBack = 0;
    boolean lessened = false;
    for (int action = 0; action < factors.length; action++) {
      if (factors[action] > 0) {
        keptBack |= broken[action] & allRules;
        if ((broken[action] & allRules) != 0) {
          factors[action] = 0;
        } else if (likeness != null) {
          double factor = likeness.factor(action, place, places);
          lessened |= factor < 1;
          factors[action] *= factor;
        }
      }
    }
    tellEffects(keptBack, 0, effects);
    if (lessened) {
      effects.keptBack(diversity);
    }
  }

  private static boolean anyFits(double[] factors, long[] broken, long rules) {
    for (int action = 0; action < factors.length; action++) {
      if (factors[action] > 0 && (broken[action] & rules) == 0) {
        return true;
      }
    }
    return false;
  }
}
