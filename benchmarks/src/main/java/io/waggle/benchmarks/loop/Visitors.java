package io.waggle.benchmarks.loop;

import io.waggle.v1.Interaction;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Interactions of many users: who comes next is drawn by Zipf's law (the chance of the k-th most
 * frequent is proportional to 1/k to the exponent), what they look at evenly from {@value #ITEMS}
 * items in {@value #CATEGORIES} categories. Event time goes on by {@value #PER_SECOND} interactions
 * a second. Same seed, same interactions. One thread; one costs about a microsecond.
 */
public final class Visitors {
  /** What a user's number stands behind in the user's id. */
  public static final String USER_PREFIX = "user-";

  private static final int ITEMS = 10_000;
  private static final int CATEGORIES = 50;
  private static final int PER_SECOND = 1_000;
  private static final int CLICK_EVERY = 4;

  private final String surface;
  private final double[] cumulative;
  private final SplittableRandom random;
  private final long startMillis;
  private long count;

  /**
   * Starts.
   *
   * @param users at least 1; their ids are {@code user-0} to {@code user-(users-1)}, the most
   *     frequent first
   * @param exponent 0: all alike; 1: Zipf's own
   * @param startMillis event time of the first, milliseconds since 1970 UTC
   */
  public Visitors(String surface, int users, double exponent, long seed, long startMillis) {
    if (users < 1) {
      throw new IllegalArgumentException("users: " + users + " (expected: at least 1)");
    }
    this.surface = surface;
    this.random = new SplittableRandom(seed);
    this.startMillis = startMillis;
    this.cumulative = new double[users];
    double sum = 0;
    for (int user = 0; user < users; user++) {
      sum += Math.pow(user + 1, -exponent);
      cumulative[user] = sum;
    }
  }

  /** The next interaction of whoever comes next. */
  public Interaction next() {
    double point = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, point);
    return of(Math.min(cumulative.length - 1, found < 0 ? -found - 1 : found));
  }

  /** The next interaction, of this user. */
  public Interaction of(int user) {
    int item = random.nextInt(ITEMS);
    long number = count++;
    return Interaction.newBuilder()
        .setInteractionId("i" + Long.toString(number, Character.MAX_RADIX))
        .setSurface(surface)
        .setUserId(USER_PREFIX + user)
        .setType(number % CLICK_EVERY == 0 ? "click" : "view")
        .setItemId("item-" + item)
        .setCategory("category-" + item % CATEGORIES)
        .setEventTimeMillis(startMillis + number * 1_000 / PER_SECOND)
        .build();
  }
}
