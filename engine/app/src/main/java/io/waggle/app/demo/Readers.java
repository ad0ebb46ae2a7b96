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
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final long PAGE_MILLIS = 4;
  private static final int READERS = 2_000;

  /** What decides about all stories' clicks. */
  private record Cell(Audience audience, Situation situation, @Nullable String lastRead) {}

  private final List<Article> catalogue = new Newsroom(FrontPage.NEWSROOM_SEED).articles();
  private final Population population;
  private final Tastes tastes;
  private final Map<Cell, Map<String, Double>> clickProbabilities = new HashMap<>();
  private long nowMillis = START_MILLIS;
  private @Nullable PageView open;

  public Readers(long seed) {
    this.population = new Population(seed, READERS, catalogue);
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
            new Cell(view.audience(), view.situation(), view.lastRead()), this::byStory);
    return view.offered().stream()
        .mapToDouble(each -> byStory.getOrDefault(each.id(), 0.0))
        .toArray();
  }

  private Map<String, Double> byStory(Cell cell) {
    Map<String, Double> byStory = new HashMap<>();
    for (Article article : catalogue) {
      byStory.put(
          article.id(),
          tastes.clickProbability(cell.audience(), cell.situation(), cell.lastRead(), article));
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
    /** The reader clicks one of the stories. */
    public Interaction click(int story) {
      Action action = actions.get(story);
      return Interaction.newBuilder()
          .setInteractionId("click-" + id)
          .setSurface(FrontPage.NAME)
          .setUserId(userId)
          .setType("click")
          .setItemId(action.getId())
          .setCategory(action.getNamespaces(0).getFeatures(0).getValue().getText())
          .setEventTimeMillis(timeMillis)
          .build();
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
