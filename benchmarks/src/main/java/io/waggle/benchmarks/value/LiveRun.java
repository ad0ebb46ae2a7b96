package io.waggle.benchmarks.value;

import io.waggle.app.demo.Readers;
import io.waggle.benchmarks.learn.LearningLine;
import io.waggle.benchmarks.learn.WatchedLearner;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.policy.Exploration;
import io.waggle.core.surface.Surface;
import io.waggle.state.session.SessionFold;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.Decision;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import io.waggle.v1.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A policy answers the demo's readers, alone, and learns from what they do: sessions by the job's
 * fold, decisions and clicks through the job's join and learner; only topics and time are missing,
 * so the newest model answers at once. Same seed, same readers. One thread.
 */
final class LiveRun implements AutoCloseable {
  private final Surface surface;
  private final Readers readers;
  private final SessionFold fold;
  private final WatchedLearner learner = new WatchedLearner();
  private final LearningLine line;
  private final Map<String, Session> sessions = new HashMap<>();
  private final PolicyEvaluator bound;

  /**
   * What a page view brought.
   *
   * @param clicked what happened
   * @param chance expected clicks of what the policy showed, of a story drawn at random and of the
   *     best
   */
  record View(boolean clicked, double chance, double uniform, double best) {}

  /**
   * Starts.
   *
   * @param alpha error probability of the interval, both sides together
   */
  LiveRun(Surface surface, long seed, double alpha) throws Exception {
    this.surface = surface;
    this.readers = new Readers(seed);
    this.fold = new SessionFold(surface.session());
    this.line = new LearningLine(surface, learner);
    this.bound = new PolicyEvaluator(0, 1, alpha);
  }

  /** One page view. */
  View next() throws Exception {
    double[] chances = readers.open();
    Readers.Page page = readers.page();
    Session session = sessions.get(page.userId());
    List<Namespace> features = SessionFeatures.of(session, page.timeMillis(), surface.session());
    double[] probabilities =
        learner
            .learner()
            .predict(new Example(page.context(), features, page.actions(), page.timeMillis()))
            .probabilities();
    Exploration.applyFloor(probabilities, surface.explorationFloor());
    int shown = Exploration.draw(probabilities, Exploration.seed(surface.name(), page.id()));
    line.decide(decision(page, features, probabilities, shown));
    boolean clicked = readers.show(shown);
    if (clicked) {
      line.reward(reward(page));
      sessions.put(page.userId(), fold.fold(session, page.click(shown)).session());
    }
    line.passTime(page.timeMillis());
    if (line.deadLetters() > 0) {
      throw new IllegalStateException("the learner refuses a page view");
    }
    bound.add(1, 1, clicked ? 1 : 0);
    return view(chances, shown, clicked);
  }

  private Decision decision(
      Readers.Page page, List<Namespace> features, double[] probabilities, int shown) {
    Decision.Builder decision =
        Decision.newBuilder()
            .setDecisionId(page.id())
            .setSurface(surface.name())
            .setUserId(page.userId())
            .setEventTimeMillis(page.timeMillis())
            .addAllContext(page.context())
            .addAllSession(features)
            .addAllActions(page.actions())
            .addOrder(shown)
            .setPropensity(probabilities[shown])
            .setPolicy(surface.livePolicy());
    for (int action = 0; action < probabilities.length; action++) {
      decision.addProbabilities(probabilities[action]);
      if (action != shown) {
        decision.addOrder(action);
      }
    }
    return decision.build();
  }

  private Reward reward(Readers.Page page) {
    return Reward.newBuilder()
        .setRewardId("reward-" + page.id())
        .setDecisionId(page.id())
        .setSurface(surface.name())
        .setEventTimeMillis(page.timeMillis())
        .setValue(1)
        .build();
  }

  private static View view(double[] chances, int shown, boolean clicked) {
    double sum = 0;
    double best = 0;
    for (double chance : chances) {
      sum += chance;
      best = Math.max(best, chance);
    }
    return new View(clicked, chances[shown], sum / chances.length, best);
  }

  /** Interval of the mean clicks so far, valid at every look. */
  ConfidenceInterval interval() {
    return bound.evaluate().getInterval();
  }

  @Override
  public void close() throws Exception {
    line.close();
  }
}
