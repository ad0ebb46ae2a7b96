package io.waggle.jobs.learn;

import io.waggle.core.constraint.Factors;
import io.waggle.core.feature.Example;
import io.waggle.core.model.JoinedSlots;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Prediction;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a policy predicts and, if it can, learns; with what it has counted of that. Stopped when
 * it fails ({@link PolicyHealth} says when): its learner is then closed. One thread at a time.
 */
final class Pupil implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Pupil.class);

  private final String policyName;
  private final PolicyHealth health;
  private final Provenance provenance;
  private final double minPropensity;
  private final double defaultReward;
  private final double explorationFloor;
  private final boolean multiSlot;
  private @Nullable Policy policy;
  private @Nullable Learner learner;
  private long eventsLearned;
  private long rejected;
  private double lossSum;

  /**
   * Opens it, going on from what was saved. One whose learner refuses its command line is stopped
   * from the start.
   *
   * @throws IllegalStateException when the saved model's checksum does not hold
   */
  static Pupil open(
      Surface surface,
      PolicyConfig config,
      String arguments,
      PolicyState state,
      LearnerFactory factory) {
    Pupil pupil = new Pupil(surface, config.getName(), state);
    if (pupil.health.isStopped()) {
      return pupil;
    }
    if (Learners.arguments(config).isEmpty()) {
      pupil.policy = FixedPolicies.of(config).orElseThrow();
      return pupil;
    }
    byte[] model = state.getModel().isEmpty() ? null : verified(state);
    try {
      pupil.learner = factory.open(arguments, model, surface.minPropensity());
      pupil.policy = pupil.learner;
    } catch (IllegalArgumentException e) {
      pupil.stop("does not start: " + e.getMessage());
    }
    return pupil;
  }

  private Pupil(Surface surface, String name, PolicyState state) {
    this.policyName = surface.name() + "/" + name;
    this.minPropensity = surface.minPropensity();
    this.defaultReward = surface.reward().defaultReward();
    this.explorationFloor = surface.explorationFloor();
    this.multiSlot = surface.multiSlot();
    this.health = new PolicyHealth(state.getStopped());
    this.provenance = new Provenance(state.getLineage());
    this.eventsLearned = state.getEventsLearned();
    this.rejected = state.getRejected();
    this.lossSum = state.getLossSum();
  }

  /** An example is handed to it, whether or not it takes it. */
  void given(LearnedExample example) {
    provenance.given(example);
  }

  /**
   * Predicts, then learns, unless the example is only to be predicted.
   *
   * @return {@code double[actions]}: the probabilities as predicted before learning, under the
   *     decision's constraints
   * @throws RejectedExampleException with what was wrong: refused, or failed on; counted
   */
  double[] take(Lesson lesson) throws RejectedExampleException {
    return attempt(
        lesson,
        () ->
            learner == null
                ? predict(lesson)
                : lesson.predictedOnly() ? predictAsLearned(lesson) : learn(learner, lesson));
  }

  /**
   * The same of a decision of several slots: every slot is predicted, given what was logged for the
   * slots before, before any is learned.
   *
   * @param floor the surface's exploration floor
   * @return {@code double[slots][actions]}: the probabilities as they would be served
   * @throws RejectedExampleException with what was wrong: refused, or failed on; counted
   */
  List<double[]> takeSlots(Lesson lesson, JoinedSlots slots, double floor)
      throws RejectedExampleException {
    return attempt(lesson, () -> learnSlots(lesson, slots, floor));
  }

  /** Something that gives probabilities, or refuses to. */
  private interface Step<T> {
    T run() throws RejectedExampleException;
  }

  private <T> T attempt(Lesson lesson, Step<T> step) throws RejectedExampleException {
    try {
      requireKind(lesson);
      T probabilities = step.run();
      health.succeeded();
      return probabilities;
    } catch (RejectedExampleException e) {
      rejected++;
      throw e;
    } catch (RuntimeException e) {
      rejected++;
      if (learner != null && health.failed(e)) {
        stopped();
      }
      throw new RejectedExampleException(String.valueOf(e.getMessage()));
    }
  }

  /** A decision of the other kind was made before the surface's file was changed. */
  private void requireKind(Lesson lesson) throws RejectedExampleException {
    boolean slots = lesson.slots() != null;
    if (multiSlot != slots) {
      throw new RejectedExampleException(
          slots ? "slots: given (expected: none)" : "slots: none (expected: at least 1)");
    }
  }

  private double[] predict(Lesson lesson) {
    return lesson.factors().get(0).constrain(running().predict(lesson.example()));
  }

  private Policy running() {
    if (policy == null) {
      throw new IllegalStateException("the policy is closed");
    }
    return policy;
  }

  /** Predicts, and refuses what it would not learn either. */
  private double[] predictAsLearned(Lesson lesson) throws RejectedExampleException {
    String problem = lesson.example().problem();
    if (problem != null) {
      throw new RejectedExampleException(problem);
    }
    if (lesson.propensity() < minPropensity) {
      throw new RejectedExampleException(
          "propensity: %s (expected: %s to 1)".formatted(lesson.propensity(), minPropensity));
    }
    return predict(lesson);
  }

  private double[] learn(Learner open, Lesson lesson) throws RejectedExampleException {
    Prediction predicted =
        open.learn(lesson.example(), lesson.chosen(), -lesson.reward(), lesson.propensity());
    requireFinite(predicted.probabilities());
    double[] probabilities = lesson.factors().get(0).constrain(predicted);
    addLoss(-lesson.reward() * probabilities[lesson.chosen()] / lesson.propensity());
    eventsLearned++;
    return probabilities;
  }

  /** The loss is the mean over the slots. */
  private List<double[]> learnSlots(Lesson lesson, JoinedSlots slots, double floor)
      throws RejectedExampleException {
    Example example = lesson.example();
    String problem = example.problem();
    if (problem != null) {
      throw new RejectedExampleException(problem);
    }
    List<double[]> served = new ArrayList<>(slots.size());
    double loss = 0;
    for (int slot = 0; slot < slots.size(); slot++) {
      int[] earlier = slots.earlier(slot);
      SlotOutcome outcome = slots.outcomes().get(slot);
      Factors factors = lesson.factors().get(slot);
      Prediction predicted = running().predictSlot(example, earlier);
      if (learner != null) {
        requireFinite(predicted.probabilities());
      }
      double[] probabilities = factors.constrain(predicted);
      if (learner != null) {
        loss += outcome.cost() * probabilities[outcome.action()] / outcome.propensity();
        factors.applyFloor(probabilities, floor, earlier);
      }
      served.add(probabilities);
    }
    if (learner != null) {
      learner.learnSlots(example, slots.outcomes());
      addLoss(loss / slots.size());
      eventsLearned++;
    }
    return served;
  }

  private static void requireFinite(double[] probabilities) {
    for (double probability : probabilities) {
      if (!Double.isFinite(probability)) {
        throw new PolicyHealth.DivergedException("predicted a probability of " + probability);
      }
    }
  }

  private void addLoss(double loss) {
    double sum = lossSum + loss;
    if (!Double.isFinite(sum)) {
      throw new PolicyHealth.DivergedException("its loss is " + sum);
    }
    lossSum = sum;
  }

  /** Learns a logged example as it would have live; what it cannot use is counted alone. */
  void study(LearnedExample example) {
    if (health.isStopped()) {
      return;
    }
    given(example);
    try {
      Lesson lesson = Lesson.of(example, defaultReward);
      if (lesson.slots() == null) {
        take(lesson);
      } else {
        takeSlots(lesson, lesson.slots(), explorationFloor);
      }
    } catch (RejectedExampleException e) {
      // Counted, and a dead letter when it was live.
    } catch (IllegalArgumentException e) {
      rejected++;
    }
  }

  /** Goes on from a learner that knows what that version knew; also when it was stopped. */
  void goBackTo(Learner earlier, ModelLineage version, String detail) {
    close();
    learner = earlier;
    policy = earlier;
    health.recover();
    eventsLearned = version.getEventsLearned();
    lossSum = version.getProgressiveLoss() * eventsLearned;
    provenance.wentBackTo(version);
    provenance.cause(ModelCause.MODEL_CAUSE_ROLLED_BACK, detail);
  }

  /** Goes on with a learner that also knows what others learned; its own counts stay. */
  void goOnWith(Learner merged) {
    close();
    learner = merged;
    policy = merged;
  }

  /** Where what it knows comes from. */
  Provenance provenance() {
    return provenance;
  }

  /** The same, for a version of what it knows now. */
  ModelLineage lineage() {
    double loss = eventsLearned == 0 ? 0 : lossSum / eventsLearned;
    return provenance.lineage().setProgressiveLoss(loss).build();
  }

  /** Stops it for good. */
  void stop(String reason) {
    health.stop(reason);
    stopped();
  }

  private void stopped() {
    LOGGER.error("Policy {} is stopped: {}", policyName, health.reason());
    close();
  }

  boolean isStopped() {
    return health.isStopped();
  }

  /** Why it is stopped; empty: it is not. */
  String stopReason() {
    return health.reason();
  }

  /** A decision that is of no use to any policy. */
  void reject() {
    rejected++;
  }

  /** Null: it does not learn, or is stopped. */
  @Nullable Learner learner() {
    return learner;
  }

  long eventsLearned() {
    return eventsLearned;
  }

  long rejected() {
    return rejected;
  }

  /** The counts, for a checkpoint. */
  void save(PolicyState.Builder state) {
    state
        .setEventsLearned(eventsLearned)
        .setRejected(rejected)
        .setLossSum(lossSum)
        .setStopped(health.reason());
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
    learner = null;
    policy = null;
  }

  private static byte[] verified(PolicyState state) {
    if (ModelParts.checksum(state.getModel()) != state.getChecksum()) {
      // A damaged model loads without a word and predicts nonsense: better not to start.
      throw new IllegalStateException(
          "model of %s/%s in the checkpoint: checksum does not hold"
              .formatted(state.getSurface(), state.getPolicy()));
    }
    return state.getModel().toByteArray();
  }
}
