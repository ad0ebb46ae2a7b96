package io.waggle.app.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What readers like, hidden from the service. The probability that a reader clicks a story shown to
 * them is the sum, at most {@value #PROBABILITY_MAX}, of
 *
 * <ul>
 *   <li>{@value #BASE} times the story's appeal;
 *   <li>{@value #LIKED} when its category is one of the two that the audience likes in this
 *       situation (each audience has one by daypart and one by device);
 *   <li>{@value #NEXT} when its category is the one that this audience wants after the category it
 *       read last in this session (each audience has its own permutation of the categories); for an
 *       impatient reader, when it is that last category again.
 * </ul>
 *
 * Immutable; any thread.
 */
final class Tastes {
  static final double BASE = 0.04;
  static final double LIKED = 0.2;
  static final double NEXT = 0.7;
  static final double PROBABILITY_MAX = 0.95;

  private record Cell(Audience audience, String condition) {}

  private final Map<Cell, String> liked;
  private final Map<Cell, String> next;

  /** Draws everyone's tastes; another seed is other tastes. */
  Tastes(long seed) {
    Random random = new Random(seed);
    Map<Cell, String> likedByCondition = new HashMap<>();
    Map<Cell, String> nextByCategory = new HashMap<>();
    for (Audience audience : Audience.values()) {
      List<String> favourites = shuffled(random);
      List<String> conditions = new ArrayList<>(Situation.DAYPARTS);
      conditions.addAll(Situation.DEVICES);
      for (int i = 0; i < conditions.size(); i++) {
        likedByCondition.put(new Cell(audience, conditions.get(i)), favourites.get(i));
      }
      List<String> ring = shuffled(random);
      for (int i = 0; i < ring.size(); i++) {
        nextByCategory.put(new Cell(audience, ring.get(i)), ring.get((i + 1) % ring.size()));
      }
    }
    liked = Map.copyOf(likedByCondition);
    next = Map.copyOf(nextByCategory);
  }

  /** Of a patient reader: the demo has no others. */
  double clickProbability(
      Audience audience, Situation situation, @Nullable String lastRead, Article article) {
    return clickProbability(audience, situation, lastRead, false, article);
  }

  /** Probability in (0, {@value #PROBABILITY_MAX}] of a click on the story when it is shown. */
  double clickProbability(
      Audience audience,
      Situation situation,
      @Nullable String lastRead,
      boolean impatient,
      Article article) {
    double probability = BASE * article.appeal();
    if (isLiked(audience, situation, article.category())) {
      probability += LIKED;
    }
    if (lastRead != null) {
      String wanted = impatient ? lastRead : next.get(new Cell(audience, lastRead));
      probability += article.category().equals(wanted) ? NEXT : 0;
    }
    return Math.min(PROBABILITY_MAX, probability);
  }

  private boolean isLiked(Audience audience, Situation situation, String category) {
    return category.equals(liked.get(new Cell(audience, situation.daypart())))
        || category.equals(liked.get(new Cell(audience, situation.device())));
  }

  private static List<String> shuffled(Random random) {
    List<String> categories = new ArrayList<>(Newsroom.CATEGORIES);
    Collections.shuffle(categories, random);
    return categories;
  }
}
