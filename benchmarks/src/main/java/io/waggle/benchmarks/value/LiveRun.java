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
import io.waggle.state.session.SignalFold;
import io.waggle.v1.ConfidenceInterval;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.Reward;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy answers the demo's readers, alone, and learns from what they do: sessions by the job's
 * fold, decisions and clicks through the job's join and learner; only topics and time are missing,
 * so the newest model answers at once. Same seed, same readers. One thread.
 */
final class LiveRun implements AutoCloseable {
  private final Surface surface;
  private final Readers readers;
  private final boolean tellsPages;
  private final SessionFold fold;
  private final WatchedLearner learner = new WatchedLearner();
  private final LearningLine line;
  private final @Nullable SignalLine signals;
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
   * @param readers who come; of the same seed in both runs that are compared
   * @param tellsPages a page that is opened is an interaction, as a click is
   * @param alpha error probability of the interval, both sides together
   */
  LiveRun(Surface surface, Readers readers, boolean tellsPages, double alpha) throws Exception {
    this.surface = surface;
    this.readers = readers;
    this.tellsPages = tellsPages;
    this.signals = SignalLine.of(surface);
    this.fold = new SessionFold(surface.session());
    this.line = new LearningLine(surface, learner);
    this.bound = new PolicyEvaluator(0, 1, alpha);
  }

  /** One page view. */
  View next() throws Exception {
    double[] chances = readers.open();
    Readers.Page page = readers.page();
    if (tellsPages) {
      tell(page.opened());
    }
    foldSignals(page.timeMillis());
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
      tell(page.click(shown));
    }
    line.passTime(page.timeMillis());
    if (line.deadLetters() > 0) {
      throw new IllegalStateException("the learner refuses a page view");
    }
    bound.add(1, 1, clicked ? 1 : 0);
    return view(chances, shown, clicked);
  }

  private void tell(Interaction interaction) throws Exception {
    Session before = sessions.get(interaction.getUserId());
    sessions.put(interaction.getUserId(), fold.fold(before, interaction).session());
    if (signals != null) {
      signals.add(interaction);
    }
  }

  private void foldSignals(long timeMillis) throws Exception {
    if (signals != null) {
      for (Signal signal : signals.passTime(timeMillis)) {
        sessions.compute(signal.getUserId(), (user, session) -> SignalFold.fold(session, signal));
      }
    }
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
    if (signals != null) {
      signals.close();
    }
  }
}
