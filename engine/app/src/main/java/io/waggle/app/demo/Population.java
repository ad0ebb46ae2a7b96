package io.waggle.app.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The readers: who opens the page next, what is offered to them, whether they click and when. Given
 * the seed and what was shown, everything follows; the caller owns the clock. One thread.
 *
 * <p>A reader's session is a run of {@value #PAGES_MIN} to {@value #PAGES_MAX} page views; after it
 * the reader rests until all others who rest longer have come. The arrival rate is the caller's:
 * each call of {@link #open} is one page view, by a session that is due or else by a new one.
 */
final class Population {
  static final int PAGES_MIN = 5;
  static final int PAGES_MAX = 12;

  /** Shortest and longest time from a story shown to its click, milliseconds; log-uniform. */
  static final long CLICK_DELAY_MIN_MILLIS = 30;

  static final long CLICK_DELAY_MAX_MILLIS = 2_000;

  /**
   * Sessions that begin this early are taken to be anywhere in their run: without it all would end
   * together and the mix of new and old sessions would swing.
   */
  static final long SETTLING_MILLIS = 10_000;

  /** Time from a page's reaction (or its absence) to the reader's next page view, milliseconds. */
  static final long THINK_MIN_MILLIS = 600;

  static final long THINK_MAX_MILLIS = 1_800;

  /** The same of a reader who is impatient in this session. */
  static final long IMPATIENT_MIN_MILLIS = 100;

  static final long IMPATIENT_MAX_MILLIS = 400;

  /** A session as it goes on. */
  private static final class Visit {
    private final int reader;
    private final Situation situation;
    private final boolean impatient;
    private int pagesLeft;
    private @Nullable String lastRead;
    private long dueMillis;

    Visit(int reader, Situation situation, boolean impatient, int pagesLeft) {
      this.reader = reader;
      this.situation = situation;
      this.impatient = impatient;
      this.pagesLeft = pagesLeft;
    }

    long thinkMillis(double share) {
      long least = impatient ? IMPATIENT_MIN_MILLIS : THINK_MIN_MILLIS;
      long most = impatient ? IMPATIENT_MAX_MILLIS : THINK_MAX_MILLIS;
      return least + (long) (share * (most - least));
    }
  }

  /**
   * What a reader does with the story shown.
   *
   * @param clicks true: it is clicked
   * @param delayMillis from shown to clicked; from shown to given up where it is not clicked
   */
  record Reaction(boolean clicks, long delayMillis) {}

  private final long seed;
  private final List<Article> catalogue;
  private final double impatientShare;
  private final Random random;
  private long firstMillis;
  private final long[] pageViews;
  private final @Nullable Visit[] visits;
  private final ArrayDeque<Integer> resting = new ArrayDeque<>();
  private final PriorityQueue<Visit> due =
      new PriorityQueue<>(
          Comparator.<Visit>comparingLong(visit -> visit.dueMillis)
              .thenComparingInt(visit -> visit.reader));

  /** Readers who are all patient. */
  Population(long seed, int readers, List<Article> catalogue) {
    this(seed, readers, catalogue, 0);
  }

  /**
   * Readers.
   *
   * @param impatientShare of the sessions, in [0, 1]
   */
  Population(long seed, int readers, List<Article> catalogue, double impatientShare) {
    if (readers < 1) {
      throw new IllegalArgumentException("readers: " + readers + " (expected: at least 1)");
    }
    this.impatientShare = impatientShare;
    this.seed = seed;
    this.catalogue = List.copyOf(catalogue);
    this.random = new Random(seed);
    this.pageViews = new long[readers];
    this.visits = new Visit[readers];
    List<Integer> order = new ArrayList<>(readers);
    for (int reader = 0; reader < readers; reader++) {
      order.add(reader);
    }
    Collections.shuffle(order, random);
    resting.addAll(order);
  }

  /** The next page view at this time; null when every reader is in the middle of one. */
  @Nullable PageView open(long nowMillis) {
    Visit visit = due.peek();
    if (visit != null && visit.dueMillis <= nowMillis) {
      due.remove();
      return view(visit);
    }
    Integer reader = resting.poll();
    if (reader == null) {
      return null;
    }
    if (firstMillis == 0) {
      firstMillis = nowMillis;
    }
    Visit started = start(reader, nowMillis - firstMillis < SETTLING_MILLIS);
    visits[reader] = started;
    return view(started);
  }

  /**
   * Whether and when the reader clicks the story; decided by reader and page, not by the order of
   * calls.
   */
  Reaction reaction(PageView view, Article shown, Tastes tastes) {
    SplittableRandom dice =
        new SplittableRandom(mix(seed ^ mix(view.reader() * 1_000_003L + view.number())));
    double probability =
        tastes.clickProbability(
            view.audience(), view.situation(), view.lastRead(), view.impatient(), shown);
    boolean clicks = dice.nextDouble() < probability;
    double spread = Math.log((double) CLICK_DELAY_MAX_MILLIS / CLICK_DELAY_MIN_MILLIS);
    long delayMillis = (long) (CLICK_DELAY_MIN_MILLIS * Math.exp(spread * dice.nextDouble()));
    return new Reaction(clicks, delayMillis);
  }

  /** The page view is over: the reader thinks and goes on, or the session ends. */
  void close(PageView view, @Nullable Article clicked, long nowMillis) {
    Visit visit = visits[view.reader()];
    if (visit == null) {
      throw new IllegalStateException("reader " + view.reader() + " has no session");
    }
    if (clicked != null) {
      visit.lastRead = clicked.category();
    }
    visit.pagesLeft--;
    if (visit.pagesLeft == 0) {
      visits[view.reader()] = null;
      resting.add(view.reader());
      return;
    }
    visit.dueMillis = nowMillis + visit.thinkMillis(random.nextDouble());
    due.add(visit);
  }

  static Audience audience(int reader) {
    Audience[] audiences = Audience.values();
    return audiences[reader % audiences.length];
  }

  private Visit start(int reader, boolean underWay) {
    Situation situation = new Situation(pick(Situation.DEVICES), pick(Situation.DAYPARTS));
    int pages = PAGES_MIN + random.nextInt(PAGES_MAX - PAGES_MIN + 1);
    int pagesLeft = underWay ? 1 + random.nextInt(pages) : pages;
    boolean impatient = impatientShare > 0 && random.nextDouble() < impatientShare;
    return new Visit(reader, situation, impatient, pagesLeft);
  }

  private PageView view(Visit visit) {
    List<Article> offered = new ArrayList<>(catalogue);
    Collections.shuffle(offered, random);
    int most = offered.size();
    int least = Math.min(10, most);
    int size = least + random.nextInt(most - least + 1);
    return new PageView(
        visit.reader,
        "reader-" + visit.reader,
        pageViews[visit.reader]++,
        audience(visit.reader),
        visit.situation,
        offered.subList(0, size),
        visit.lastRead,
        visit.impatient);
  }

  private <T> T pick(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** Finaliser of SplitMix64 (Steele, Lea, Flood 2014): neighbours in, unrelated numbers out. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
