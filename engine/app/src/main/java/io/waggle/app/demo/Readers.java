package io.waggle.app.demo;

import io.waggle.v1.Action;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The front page's readers as a game: open the page, see what each story would do, show one. For
 * experiments with policies whose true value must be known; no service and no learner. Same seed
 * and same choices, same readers. One thread; a page view costs a few microseconds.
 */
public final class Readers {
  /** The type of the interaction that a page was opened. */
  public static final String PAGE = "page";

  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final long PAGE_MILLIS = 4;
  private static final int READERS = 2_000;

  /** What decides about all stories' clicks. */
  private record Cell(
      Audience audience, Situation situation, @Nullable String lastRead, boolean impatient) {}

  private final List<Article> catalogue = new Newsroom(FrontPage.NEWSROOM_SEED).articles();
  private final Population population;
  private final Tastes tastes;
  private final Map<Cell, Map<String, Double>> clickProbabilities = new HashMap<>();
  private long nowMillis = START_MILLIS;
  private @Nullable PageView open;

  /** The demo's readers. */
  public Readers(long seed) {
    this(seed, 0);
  }

  /**
   * Readers who are impatient in a part of their sessions: these go from page to page in less than
   * half a second, which others never do, and want more of what they have just read. Nothing that
   * the service is told of a page says so.
   *
   * @param impatientShare of the sessions, in [0, 1]
   */
  public Readers(long seed, double impatientShare) {
    this.population = new Population(seed, READERS, catalogue, impatientShare);
    this.tastes = new Tastes(seed + 1);
  }

  /**
   * Opens the next page view.
   *
   * @return each offered story's click probability if it is shown, {@code double[stories]}, 10 to
   *     50
   * @throws IllegalStateException when the last page view is still open
   */
  public double[] open() {
    if (open != null) {
      throw new IllegalStateException("a page view is open");
    }
    nowMillis += PAGE_MILLIS;
    PageView view = population.open(nowMillis);
    if (view == null) {
      throw new IllegalStateException("nobody is free");
    }
    open = view;
    Map<String, Double> byStory =
        clickProbabilities.computeIfAbsent(
            new Cell(view.audience(), view.situation(), view.lastRead(), view.impatient()),
            this::byStory);
    return view.offered().stream()
        .mapToDouble(each -> byStory.getOrDefault(each.id(), 0.0))
        .toArray();
  }

  private Map<String, Double> byStory(Cell cell) {
    Map<String, Double> byStory = new HashMap<>();
    for (Article article : catalogue) {
      byStory.put(
          article.id(),
          tastes.clickProbability(
              cell.audience(), cell.situation(), cell.lastRead(), cell.impatient(), article));
    }
    return byStory;
  }

  /**
   * What the service is told of a page view.
   *
   * @param id unique; the same in every run of the same seed and choices
   * @param actions the offered stories
   */
  public record Page(
      String id, String userId, long timeMillis, List<Namespace> context, List<Action> actions) {
    /** The reader has opened the page. */
    public Interaction opened() {
      return interaction(PAGE).build();
    }

    /** The reader clicks one of the stories. */
    public Interaction click(int story) {
      Action action = actions.get(story);
      return interaction("click")
          .setItemId(action.getId())
          .setCategory(action.getNamespaces(0).getFeatures(0).getValue().getText())
          .build();
    }

    private Interaction.Builder interaction(String type) {
      return Interaction.newBuilder()
          .setInteractionId(type + "-" + id)
          .setSurface(FrontPage.NAME)
          .setUserId(userId)
          .setType(type)
          .setEventTimeMillis(timeMillis);
    }
  }

  /**
   * The open page view as the service sees it.
   *
   * @throws IllegalStateException when no page view is open
   */
  public Page page() {
    PageView view = opened();
    return new Page(
        view.decisionId("page"),
        view.userId(),
        nowMillis,
        Newsroom.context(view.audience(), view.situation()),
        view.offered().stream().map(Newsroom::action).toList());
  }

  /**
   * Shows one of the stories and closes the page view.
   *
   * @param story index of what {@link #open} returned
   * @return true: it is clicked
   * @throws IllegalStateException when no page view is open
   */
  public boolean show(int story) {
    PageView view = opened();
    Article shown = view.offered().get(story);
    boolean clicks = population.reaction(view, shown, tastes).clicks();
    population.close(view, clicks ? shown : null, nowMillis);
    open = null;
    return clicks;
  }

  private PageView opened() {
    if (open == null) {
      throw new IllegalStateException("no page view is open");
    }
    return open;
  }
}
