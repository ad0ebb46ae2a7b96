package io.waggle.benchmarks.delay;

import io.waggle.core.delay.DelayCorrection;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.join.JoinCounter;
import io.waggle.state.join.RewardJoin;
import io.waggle.state.join.RewardSettings;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.DelayState;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnWhen;
import io.waggle.v1.Namespace;
import io.waggle.v1.PendingDecision;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardAggregation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One learner in one world: it ranks, rewards come late, it learns, and ranks with what it has
 * learned. Event time drives the real {@link RewardJoin}; the learner is Vowpal Wabbit. The order
 * of predicting, learning and evaluating is that of the learning job. Same seed, same run.
 */
final class DelaySimulation implements AutoCloseable {
  static final double EPSILON = 0.2;

  /** Milliseconds between two decisions. */
  static final long INTERVAL_MILLIS = 500;

  /** Decisions between two looks at what the policy is worth. */
  static final int LOOK = 20;

  private static final String ARGUMENTS =
      "--cb_explore_adf --epsilon " + EPSILON + " --cb_type mtr -q ca -b 12 -l 0.1";
  private static final long START = 1_000_000;
  private static final double ALPHA = 0.05;

  private final DelayWorld world;
  private final Method method;
  private final Random random;
  private final RewardJoin join;
  private final JoinCounter counter = new JoinCounter("s");
  private final VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null);
  private final DelayCorrection correction =
      new DelayCorrection("s", -1, 1, DelayState.getDefaultInstance());
  private final Map<String, PendingDecision> pending = new HashMap<>();
  private final Map<String, Open> open = new HashMap<>();
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(Due::millis).thenComparingLong(Due::number));
  private final Estimate learned = new Estimate();
  private final Estimate uniform = new Estimate();
  private final List<Double> values = new ArrayList<>();
  private long numbers;
  private int decided;

  /** A reward to come, or a window to close (no reward). */
  private record Due(long millis, long number, String id, @Nullable Reward reward) {}

  /** A decision whose window is open: what was predicted when it was shown. */
  private record Open(Decision decision, int context, double[] predicted) {}

  /** A running estimate of a value and the mean of the values it estimates. */
  static final class Estimate {
    private final PolicyEvaluator evaluator = new PolicyEvaluator(-1, 1, ALPHA);
    private double truths;
    private long count;

    private void add(double probability, double propensity, double reward, double truth) {
      evaluator.add(probability, propensity, reward);
      truths += truth;
      count++;
    }

    /** Estimate minus truth. */
    double error() {
      return evaluator.evaluate().getIps() - truths / count;
    }

    /** True: the interval holds the truth. */
    boolean covers() {
      var interval = evaluator.evaluate().getInterval();
      double truth = truths / count;
      return interval.getLower() <= truth && truth <= interval.getUpper();
    }
  }

  DelaySimulation(DelayWorld world, Method method, long seed) {
    this.world = world;
    this.method = method;
    this.random = new Random(seed);
    this.join =
        new RewardJoin(
            new RewardSettings(
                Duration.ofMillis((long) (1_000 * DelayWorld.WINDOW)),
                world.unrewarded(),
                -1,
                1,
                RewardAggregation.REWARD_AGGREGATION_SUM,
                method == Method.WINDOW_END
                    ? LearnWhen.LEARN_WHEN_WINDOW_END
                    : LearnWhen.LEARN_WHEN_REWARD));
  }

  /** Makes so many decisions, and does what falls due meanwhile. */
  void run(int decisions) throws RejectedExampleException {
    for (int i = 0; i < decisions; i++) {
      long now = START + decided * INTERVAL_MILLIS;
      advance(now);
      if (decided % LOOK == 0) {
        values.add(value());
      }
      decided++;
      decide(now);
    }
  }

  /** The policy's value at each look, 0: that of uniform, 1: the best that explores as it does. */
  List<Double> values() {
    return List.copyOf(values);
  }

  /** The shadow value of the learner itself. */
  Estimate learnerEstimate() {
    return learned;
  }

  /** The shadow value of uniform beside it. */
  Estimate uniformEstimate() {
    return uniform;
  }

  private double value() {
    double value = 0;
    for (int context = 0; context < DelayWorld.CONTEXTS; context++) {
      double[] predicted = learner.predict(example(context)).probabilities();
      value += world.value(context, predicted) / DelayWorld.CONTEXTS;
    }
    return (value - world.uniform()) / (world.best(EPSILON) - world.uniform());
  }

  private void decide(long now) throws RejectedExampleException {
    int context = random.nextInt(DelayWorld.CONTEXTS);
    double[] predicted = learner.predict(example(context)).probabilities();
    int chosen = draw(predicted);
    String id = "d" + numbers;
    Decision decision =
        Decision.newBuilder()
            .setDecisionId(id)
            .setSurface("s")
            .setEventTimeMillis(now)
            .addContext(context(context))
            .addAllActions(actions())
            .addOrder(chosen)
            .setPropensity(predicted[chosen])
            .build();
    double delayMillis = 1_000 * world.delaySeconds(context, chosen, random);
    if (delayMillis < 1e12) {
      long time = now + (long) delayMillis;
      double value = world.reward()[context][chosen];
      due.add(
          new Due(
              time,
              numbers++,
              id,
              Reward.newBuilder()
                  .setSurface("s")
                  .setDecisionId(id)
                  .setRewardId(id)
                  .setEventTimeMillis(time)
                  .setValue(value)
                  .build()));
    }
    due.add(new Due(now + (long) (1_000 * DelayWorld.WINDOW), numbers++, id, null));
    open.put(id, new Open(decision, context, predicted));
    apply(id, join.decision(null, decision, counter));
  }

  private int draw(double[] probabilities) {
    double left = random.nextDouble();
    int action = 0;
    while (action < probabilities.length - 1 && left >= probabilities[action]) {
      left -= probabilities[action++];
    }
    return action;
  }

  private void advance(long now) throws RejectedExampleException {
    while (!due.isEmpty() && due.element().millis() <= now) {
      Due next = due.remove();
      PendingDecision state = pending.get(next.id());
      if (next.reward() != null && state != null) {
        apply(next.id(), join.reward(state, next.reward(), next.millis(), counter));
      } else if (next.reward() == null && state != null) {
        apply(next.id(), join.close(state, next.millis(), counter));
        // What comes after the window teaches nothing here.
        pending.remove(next.id());
        open.remove(next.id());
      }
    }
  }

  private void apply(String id, RewardJoin.Step step) throws RejectedExampleException {
    if (step.next() == null) {
      pending.remove(id);
    } else {
      pending.put(id, step.next());
    }
    for (JoinedDecision joined : step.joined()) {
      take(joined, Objects.requireNonNull(open.get(id), "its window is open"));
    }
  }

  private void take(JoinedDecision joined, Open shown) throws RejectedExampleException {
    if (!method.staged()) {
      complete(joined, shown);
      return;
    }
    Example example = Example.of(shown.decision());
    int chosen = shown.decision().getOrder(0);
    switch (joined.getStage()) {
      case JOIN_STAGE_SHOWN -> {
        boolean corrected = method == Method.CORRECTED;
        if (!corrected
            || correction.shown(shown.decision().getDecisionId(), example, chosen).learned()) {
          learn(shown, world.unrewarded());
        }
      }
      case JOIN_STAGE_REWARDED ->
          learn(
              shown,
              method == Method.CORRECTED
                  ? correction.rewarded(example, chosen, joined.getReward())
                  : joined.getReward());
      case JOIN_STAGE_CLOSED -> evaluate(shown, shown.predicted(), joined.getReward());
      case JOIN_STAGE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException("no stage");
    }
  }

  /** As a learner takes it that does not know stages: once. */
  private void complete(JoinedDecision joined, Open shown) throws RejectedExampleException {
    boolean once =
        switch (joined.getStage()) {
          case JOIN_STAGE_UNSPECIFIED, JOIN_STAGE_REWARDED -> true;
          case JOIN_STAGE_CLOSED -> joined.getRewardCount() == 0;
          case JOIN_STAGE_SHOWN, UNRECOGNIZED -> false;
        };
    if (once) {
      evaluate(shown, learn(shown, joined.getReward()), joined.getReward());
    }
  }

  private double[] learn(Open shown, double reward) throws RejectedExampleException {
    Decision decision = shown.decision();
    return learner
        .learn(Example.of(decision), decision.getOrder(0), -reward, decision.getPropensity())
        .probabilities();
  }

  private void evaluate(Open shown, double[] predicted, double reward) {
    int chosen = shown.decision().getOrder(0);
    double propensity = shown.decision().getPropensity();
    learned.add(predicted[chosen], propensity, reward, world.value(shown.context(), predicted));
    uniform.add(1.0 / DelayWorld.ACTIONS, propensity, reward, world.uniform());
  }

  private static Example example(int context) {
    return new Example(List.of(context(context)), List.of(), actions());
  }

  private static Namespace context(int context) {
    FeatureValue.Builder segment = FeatureValue.newBuilder().setText("segment" + context);
    return Namespace.newBuilder()
        .setName("context")
        .addFeatures(Feature.newBuilder().setName("segment").setValue(segment))
        .build();
  }

  private static List<Action> actions() {
    List<Action> actions = new ArrayList<>(DelayWorld.ACTIONS);
    for (int i = 0; i < DelayWorld.ACTIONS; i++) {
      actions.add(Action.newBuilder().setId("action" + i).build());
    }
    return actions;
  }

  @Override
  public void close() {
    learner.close();
  }
}
