package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.ShownDecision;
import io.waggle.v1.ShownPrediction;
import io.waggle.v1.SlotEvaluatorState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One policy of a surface as the learner runs it: what it knows, what it is worth, what of it is
 * published. Restored from and saved as {@link PolicyState}. One thread; metric readers see plain
 * fields, as with Flink's own counters.
 *
 * <p>A paused policy keeps what it knows and neither predicts nor learns. A stopped one ({@link
 * PolicyHealth} says when) is closed and never published again; another command line under its name
 * starts anew.
 */
final class PolicyRun implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(PolicyRun.class);

  private final String name;
  private final String arguments;
  private final Publication publication;
  private final ShadowValue value;
  private final PolicyHealth health;
  private final Provenance provenance;

  private Surface surface;
  private @Nullable Policy policy;
  private @Nullable Learner learner;

  private long eventsLearned;
  private long rejected;
  private long unweighted;
  private double lossSum;
  private long rollbackMillis;

  /**
   * What a policy said to a decision.
   *
   * @param probability of the chosen action, before learning, as it would be served
   * @param refusal what was wrong, for people; empty: nothing
   */
  record Answer(double probability, String refusal) {
    boolean refused() {
      return !refusal.isEmpty();
    }
  }

  /**
   * Opens a policy, going on from what was saved of it; null: nothing. One whose learner refuses
   * its command line is stopped from the start.
   *
   * @throws IllegalStateException when the saved model's checksum does not hold
   */
  static PolicyRun open(
      Surface surface, PolicyConfig config, @Nullable PolicyState saved, LearnerFactory factory) {
    String arguments = arguments(config);
    PolicyState state = saved == null ? PolicyState.getDefaultInstance() : saved;
    if (!state.getArguments().equals(arguments)) {
      // Another policy under the old name: only its version numbers go on, so that readers take it.
      state =
          PolicyState.newBuilder()
              .setPublishedVersion(state.getPublishedVersion())
              .setPublishedParts(state.getPublishedParts())
              .setRollbackMillis(state.getRollbackMillis())
              .build();
    }
    PolicyRun run = new PolicyRun(surface, config, arguments, state);
    if (!run.health.isStopped()) {
      run.start(config, state, factory);
    }
    return run;
  }

  private PolicyRun(Surface surface, PolicyConfig config, String arguments, PolicyState state) {
    this.surface = surface;
    this.name = config.getName();
    this.health = new PolicyHealth(config.getPaused(), state.getStopped());
    this.arguments = arguments;
    this.publication = new Publication(state);
    this.value = new ShadowValue(surface, state);
    this.eventsLearned = state.getEventsLearned();
    this.rejected = state.getRejected();
    this.unweighted = state.getUnweighted();
    this.lossSum = state.getLossSum();
    this.provenance = new Provenance(state.getLineage());
    this.rollbackMillis = state.getRollbackMillis();
  }

  private void start(PolicyConfig config, PolicyState state, LearnerFactory factory) {
    if (Learners.arguments(config).isEmpty()) {
      policy = FixedPolicies.of(config).orElseThrow();
      return;
    }
    byte[] model = state.getModel().isEmpty() ? null : verified(state);
    try {
      learner = factory.open(arguments, model, surface.minPropensity());
      policy = learner;
    } catch (IllegalArgumentException e) {
      health.stop("does not start: " + e.getMessage());
      stopped();
    }
  }

  /**
   * Goes on under a changed surface.
   *
   * @return false: it is another policy under the old name, nothing was done
   */
  boolean follow(Surface changed, PolicyConfig config) {
    if (!arguments.equals(arguments(config))) {
      return false;
    }
    surface = changed;
    health.pause(config.getPaused());
    value.follow(changed);
    return true;
  }

  /** True: it predicts, is evaluated and learns. */
  boolean runs() {
    return health.runs();
  }

  /**
   * Predicts, evaluates what was predicted, and learns; in this order, so that no reward is
   * evaluated by a model that has seen it. A learner's prediction gets the floor it is served with.
   * What it refuses or fails on is not evaluated, and counted.
   *
   * @return what was wrong, for people; empty: it took it
   */
  String feed(Example example, int chosen, double propensity, double reward, long rewardMillis) {
    Answer answer = learn(example, chosen, propensity, reward, rewardMillis);
    if (!answer.refused()) {
      value.add(answer.probability(), propensity, reward);
    }
    return answer.refusal();
  }

  /**
   * Predicts, then learns; nothing is evaluated. A part of a decision that comes in stages: {@link
   * #settle} evaluates it.
   */
  Answer learn(Example example, int chosen, double propensity, double reward, long rewardMillis) {
    Answer answer = ask(chosen, () -> learned(example, chosen, propensity, reward));
    if (learner != null && !answer.refused()) {
      eventsLearned++;
      publication.learned(rewardMillis);
    }
    return answer;
  }

  /** Predicts, and refuses what it would not learn either. */
  Answer predict(Example example, int chosen, double propensity) {
    return ask(
        chosen,
        () -> {
          String problem = example.problem();
          if (learner != null && problem != null) {
            throw new RejectedExampleException(problem);
          }
          if (learner != null && propensity < surface.minPropensity()) {
            throw new RejectedExampleException(
                "propensity: %s (expected: %s to 1)"
                    .formatted(propensity, surface.minPropensity()));
          }
          return running(policy).predict(example).probabilities();
        });
  }

  /** Its answer as it is kept of a decision that has not closed. */
  ShownPrediction kept(Answer answer) {
    return ShownPrediction.newBuilder()
        .setPolicy(name)
        .setFingerprint(fingerprint())
        .setProbability(answer.probability())
        .build();
  }

  /**
   * A decision that came in stages closed: evaluates what was predicted when it was shown. Without
   * that, or when the policy has become another since, it is not evaluated, and counted.
   *
   * @return true: evaluated
   */
  boolean settle(ShownDecision shown, double reward) {
    for (ShownPrediction prediction : shown.getPredictionsList()) {
      if (prediction.getPolicy().equals(name) && prediction.getFingerprint() == fingerprint()) {
        value.add(prediction.getProbability(), shown.getPropensity(), reward);
        return true;
      }
    }
    unweighted++;
    return false;
  }

  private int fingerprint() {
    String made = arguments + '\n' + ShadowValue.madeWith(surface);
    return ModelParts.checksum(ByteString.copyFromUtf8(made));
  }

  /**
   * The same as {@link #feed} of a decision of several slots: every slot is predicted, given what
   * was logged for the slots before, before any is learned.
   *
   * @return what was wrong, for people; empty: it took it
   */
  String feedSlots(Example example, JoinedSlots slots, long rewardMillis) {
    return attempt(
        () -> {
          require(true);
          double[] probabilities = learnedSlots(example, slots);
          if (learner != null) {
            eventsLearned++;
            publication.learned(rewardMillis);
          }
          value.addSlots(slots, probabilities);
        });
  }

  /** Something that gives probabilities, or refuses to. */
  private interface Question {
    double[] probabilities() throws RejectedExampleException;
  }

  private Answer ask(int chosen, Question question) {
    double[] answer = new double[1];
    String refusal =
        attempt(
            () -> {
              require(false);
              double[] probabilities = question.probabilities();
              if (learner != null) {
                Exploration.applyFloor(probabilities, surface.explorationFloor());
              }
              answer[0] = probabilities[chosen];
            });
    return new Answer(answer[0], refusal);
  }

  /** Something that the example's fault or the policy's may end. */
  private interface Step {
    void run() throws RejectedExampleException;
  }

  private String attempt(Step step) {
    try {
      step.run();
      health.succeeded();
      return "";
    } catch (RejectedExampleException e) {
      rejected++;
      return name + ": " + e.getMessage();
    } catch (RuntimeException e) {
      rejected++;
      if (learner != null && health.failed(e)) {
        stopped();
      }
      return name + ": " + e.getMessage();
    }
  }

  /** A decision of the other kind was made before the surface's file was changed. */
  private void require(boolean slots) throws RejectedExampleException {
    if (surface.multiSlot() != slots) {
      throw new RejectedExampleException(
          slots ? "slots: given (expected: none)" : "slots: none (expected: at least 1)");
    }
  }

  /** The probabilities as predicted before learning. */
  private double[] learned(Example example, int chosen, double propensity, double reward)
      throws RejectedExampleException {
    if (learner == null) {
      return running(policy).predict(example).probabilities();
    }
    double[] probabilities = learner.learn(example, chosen, -reward, propensity).probabilities();
    requireFinite(probabilities);
    addLoss(-reward * probabilities[chosen] / propensity);
    return probabilities;
  }

  /**
   * {@code double[slots]}: the probabilities of the logged actions, as predicted before learning
   * and served; the loss is the mean over the slots.
   */
  private double[] learnedSlots(Example example, JoinedSlots slots)
      throws RejectedExampleException {
    String problem = example.problem();
    if (problem != null) {
      throw new RejectedExampleException(problem);
    }
    double[] served = new double[slots.size()];
    double loss = 0;
    for (int slot = 0; slot < served.length; slot++) {
      int[] earlier = slots.earlier(slot);
      SlotOutcome outcome = slots.outcomes().get(slot);
      double[] probabilities = running(policy).predictSlot(example, earlier).probabilities();
      if (learner != null) {
        requireFinite(probabilities);
        loss += outcome.cost() * probabilities[outcome.action()] / outcome.propensity();
        Exploration.applyFloor(probabilities, surface.explorationFloor(), earlier);
      }
      served[slot] = probabilities[outcome.action()];
    }
    if (learner != null) {
      learner.learnSlots(example, slots.outcomes());
      addLoss(loss / served.length);
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
    if (!Double.isFinite(lossSum + loss)) {
      throw new PolicyHealth.DivergedException("its loss is " + (lossSum + loss));
    }
    lossSum += loss;
  }

  private void stopped() {
    LOGGER.error("Policy {}/{} is stopped: {}", surface.name(), name, health.reason());
    close();
  }

  /** A decision that is of no use to any policy. */
  void reject() {
    if (runs()) {
      rejected++;
    }
  }

  /** True: something was learned that no published version knows. */
  boolean unpublished() {
    return learner != null && eventsLearned > publication.publishedEventsLearned();
  }

  /** True: bytes newer than the published version are at hand, a checkpoint took them. */
  boolean newerBytesAtHand() {
    return publication.newerBytesAtHand();
  }

  /** Takes the learner's bytes as they are now; nothing where it has none. */
  void take() {
    if (learner != null) {
      publication.take(learner, eventsLearned, this::lineage);
    }
  }

  /** The bytes taken last as a new version. */
  ServableModel publish(long nowMillis) {
    return publish(publication.publishedVersion(), nowMillis);
  }

  private ServableModel publish(long parentVersion, long nowMillis) {
    ServableModel model =
        publication.publish(surface.name(), name, arguments, parentVersion, nowMillis);
    provenance.published();
    return model;
  }

  private ModelLineage lineage() {
    double loss = eventsLearned == 0 ? 0 : lossSum / eventsLearned;
    return provenance.lineage().setProgressiveLoss(loss).build();
  }

  /**
   * Notes an order to go back to a version.
   *
   * @return false: it, or a later one, was seen before
   */
  boolean isNewRollback(long createdMillis) {
    boolean isNew = createdMillis > rollbackMillis;
    rollbackMillis = Math.max(rollbackMillis, createdMillis);
    return isNew;
  }

  /**
   * Goes back to an earlier version: the learner, also a stopped one, goes on from its bytes with
   * the next example, as if nothing had been learned since. The shadow value goes on: it is what
   * the policy was worth, with whatever it knew.
   *
   * @param detail who said so, for people
   * @return the version again, as a new one
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}; nothing changes
   */
  ServableModel rollBack(
      ModelRollback rollback, String detail, LearnerFactory factory, long nowMillis) {
    Learner earlier = Rollbacks.open(rollback, arguments, surface.minPropensity(), factory);
    close();
    learner = earlier;
    policy = earlier;
    health.recover();
    ModelLineage version = rollback.getLineage();
    eventsLearned = version.getEventsLearned();
    lossSum = version.getProgressiveLoss() * eventsLearned;
    provenance.wentBackTo(version);
    provenance.cause(ModelCause.MODEL_CAUSE_ROLLED_BACK, detail);
    publication.wentBackTo(rollback.getModel(), eventsLearned, lineage());
    return publish(version.getVersion(), nowMillis);
  }

  /** What the policy is worth: all decisions together, then slot by slot where there are slots. */
  List<PolicyEvaluation> evaluate(long nowMillis) {
    return value.evaluate().stream()
        .map(
            evaluation ->
                evaluation
                    .setSurface(surface.name())
                    .setPolicy(name)
                    .setEventsLearned(eventsLearned)
                    .setRejected(evaluation.getRejected() + rejected)
                    .setUpdatedMillis(nowMillis)
                    .setCondition(condition())
                    .setConditionDetail(health.reason())
                    .build())
        .toList();
  }

  /** What is done with it. */
  PolicyCondition condition() {
    return health.condition();
  }

  /** What outlives it: its name, its versions' numbers and its slots' names. */
  PolicyState outline() {
    return PolicyState.newBuilder()
        .setSurface(surface.name())
        .setPolicy(name)
        .setPublishedVersion(publication.publishedVersion())
        .setPublishedParts(publication.publishedParts())
        .setRollbackMillis(rollbackMillis)
        .addAllSlotEvaluators(
            value.slotIds().stream()
                .map(id -> SlotEvaluatorState.newBuilder().setSlotId(id).build())
                .toList())
        .build();
  }

  /** Everything, for a checkpoint. */
  PolicyState save() {
    take();
    PolicyState.Builder state =
        PolicyState.newBuilder()
            .setSurface(surface.name())
            .setPolicy(name)
            .setArguments(arguments)
            .setEventsLearned(eventsLearned)
            .setRejected(rejected)
            .setUnweighted(unweighted)
            .setLossSum(lossSum)
            .setRollbackMillis(rollbackMillis)
            .setStopped(health.reason());
    value.save(state);
    publication.save(state);
    if (health.isStopped()) {
      state.setModel(ByteString.EMPTY).setChecksum(0);
    }
    return state.build();
  }

  String name() {
    return name;
  }

  String surface() {
    return surface.name();
  }

  long eventsLearned() {
    return eventsLearned;
  }

  long rejected() {
    return rejected;
  }

  long unweighted() {
    return unweighted;
  }

  Provenance provenance() {
    return provenance;
  }

  Publication publication() {
    return publication;
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
    learner = null;
    policy = null;
  }

  /** A policy that does not learn has no command line, but its evaluation is of its table. */
  private static String arguments(PolicyConfig config) {
    return Learners.arguments(config).orElseGet(() -> fingerprint(config));
  }

  private static String fingerprint(PolicyConfig config) {
    ByteString kind = config.toBuilder().clearPaused().clearWarmUp().build().toByteString();
    return config.getKindCase() + " " + Integer.toHexString(ModelParts.checksum(kind));
  }

  private static Policy running(@Nullable Policy policy) {
    if (policy == null) {
      throw new IllegalStateException("the policy is closed");
    }
    return policy;
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
