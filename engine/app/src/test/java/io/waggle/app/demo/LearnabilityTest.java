package io.waggle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Exploration;
import io.waggle.core.surface.Surface;
import io.waggle.state.session.SessionFold;
import io.waggle.v1.Action;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The front page's command lines learn its readers' tastes, in process and without a loop: readers
 * are shown what the learner likes, and it learns from their clicks at once. This is how the
 * command lines were chosen.
 */
class LearnabilityTest {
  private static final int PAGES = 6_000;
  private static final int LAST_PAGES = 2_000;
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final Surface SURFACE = Surface.of(FrontPage.fast());

  @Test
  void aLearnerThatSeesSessionsGetsHalfWayToTheBestPossible() throws Exception {
    assertThat(score(FrontPage.AWARE)).isGreaterThan(0.45);
  }

  @Test
  void aLearnerThatDoesNotStaysFarBehindIt() throws Exception {
    double blind = score(FrontPage.BLIND);

    assertThat(blind).isBetween(0.02, 0.3);
  }

  /** Score of the last third: 0 is uniform, 1 the best possible. */
  private static double score(String policy) throws RejectedExampleException {
    Newsroom newsroom = new Newsroom(FrontPage.NEWSROOM_SEED);
    Population population = new Population(1, 2_000, newsroom.articles());
    Tastes tastes = new Tastes(2);
    SessionFold fold = new SessionFold(SURFACE.session());
    Map<String, Session> sessions = new HashMap<>();
    ArmTally tally = new ArmTally(PAGES, 0.05);
    String arguments = SURFACE.policy(policy).getVowpalWabbit().getArguments();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int page = 0; page < PAGES; page++) {
        long nowMillis = START_MILLIS + page * 4L;
        PageView view = population.open(nowMillis);
        if (view == null) {
          throw new AssertionError("nobody is free");
        }
        Session session = sessions.get(view.userId());
        List<Action> actions = view.offered().stream().map(Newsroom::action).toList();
        Example example =
            new Example(
                Newsroom.context(view.audience(), view.situation()),
                SessionFeatures.of(session, nowMillis, SURFACE.session()),
                actions);
        double[] probabilities = learner.predict(example).probabilities();
        Exploration.applyFloor(probabilities, SURFACE.explorationFloor());
        int chosen =
            Exploration.draw(
                probabilities, Exploration.seed(SURFACE.name(), view.decisionId("test")));
        Article shown = view.offered().get(chosen);
        boolean clicks = population.reaction(view, shown, tastes).clicks();
        learner.learn(example, chosen, clicks ? -1 : 0, probabilities[chosen]);
        if (clicks) {
          sessions.put(view.userId(), fold.fold(session, click(view, shown, nowMillis)).session());
        }
        population.close(view, clicks ? shown : null, nowMillis);
        count(tally, page, view, tastes, clicks);
      }
    }
    return tally.span(PAGES - LAST_PAGES, PAGES).score();
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

  private static void count(
      ArmTally tally, int page, PageView view, Tastes tastes, boolean clicks) {
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
