package io.waggle.app.demo;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.policy.Exploration;
import io.waggle.core.surface.Surface;
import io.waggle.state.session.SessionFold;
import io.waggle.v1.Action;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The front page's readers in process and without a loop: they are shown what a learner likes, and
 * it learns from their clicks at once. This is how the demo's command lines were chosen and how
 * options for tastes that move are measured. One thread.
 */
public final class Rehearsal {
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final long PAGE_MILLIS = 4;
  private static final int READERS = 2_000;
  private static final Surface SURFACE = Surface.of(FrontPage.fast());

  private final int pages;
  private final ArmTally tally;

  private Rehearsal(int pages) {
    this.pages = pages;
    this.tally = new ArmTally(pages, SURFACE.alpha());
  }

  /**
   * Runs to the end; in the middle all tastes change.
   *
   * @param arguments the learner's
   * @param pages page views in all
   * @param shifts false: the tastes stay
   */
  public static Rehearsal run(String arguments, long seed, int pages, boolean shifts) {
    Rehearsal rehearsal = new Rehearsal(pages);
    Tastes before = new Tastes(seed + 1);
    try (Learner learner = Learners.open(arguments, null, SURFACE.minPropensity())) {
      rehearsal.play(learner, seed, before, shifts ? new Tastes(seed + 2) : before);
    } catch (RejectedExampleException e) {
      throw new IllegalStateException("the learner refuses a page view: " + e.getMessage(), e);
    }
    return rehearsal;
  }

  /**
   * Where the clicks lie between uniform (0) and the best possible (1), over the page views from
   * (inclusive) to (exclusive), as shares of the run.
   */
  public double score(double from, double to) {
    return tally.span((int) (from * pages), (int) (to * pages)).score();
  }

  private void play(Learner learner, long seed, Tastes before, Tastes after)
      throws RejectedExampleException {
    Population population =
        new Population(seed, READERS, new Newsroom(FrontPage.NEWSROOM_SEED).articles());
    SessionFold fold = new SessionFold(SURFACE.session());
    Map<String, Session> sessions = new HashMap<>();
    for (int page = 0; page < pages; page++) {
      long nowMillis = START_MILLIS + page * PAGE_MILLIS;
      PageView view = population.open(nowMillis);
      if (view == null) {
        throw new IllegalStateException("nobody is free");
      }
      Tastes tastes = page < pages / 2 ? before : after;
      Session session = sessions.get(view.userId());
      List<Action> actions = view.offered().stream().map(Newsroom::action).toList();
      Example example =
          new Example(
              Newsroom.context(view.audience(), view.situation()),
              SessionFeatures.of(session, nowMillis, SURFACE.session()),
              actions,
              nowMillis);
      double[] probabilities = learner.predict(example).probabilities();
      Exploration.applyFloor(probabilities, SURFACE.explorationFloor());
      int chosen =
          Exploration.draw(
              probabilities, Exploration.seed(SURFACE.name(), view.decisionId("rehearsal")));
      Article shown = view.offered().get(chosen);
      boolean clicks = population.reaction(view, shown, tastes).clicks();
      learner.learn(example, chosen, clicks ? -1 : 0, probabilities[chosen]);
      if (clicks) {
        sessions.put(view.userId(), fold.fold(session, click(view, shown, nowMillis)).session());
      }
      population.close(view, clicks ? shown : null, nowMillis);
      count(page, view, tastes, clicks);
    }
  }

  private static Interaction click(PageView view, Article shown, long nowMillis) {
    return Interaction.newBuilder()
        .setInteractionId(view.decisionId("click"))
        .setUserId(view.userId())
        .setType("click")
        .setItemId(shown.id())
        .setCategory(shown.category())
        .setEventTimeMillis(nowMillis)
        .build();
  }

  private void count(int page, PageView view, Tastes tastes, boolean clicks) {
    double sum = 0;
    double best = 0;
    for (Article article : view.offered()) {
      double probability =
          tastes.clickProbability(view.audience(), view.situation(), view.lastRead(), article);
      sum += probability;
      best = Math.max(best, probability);
    }
    tally.add(page, clicks, sum / view.offered().size(), best);
  }
}
