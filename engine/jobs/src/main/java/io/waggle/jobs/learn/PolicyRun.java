package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.evaluate.PolicyEvaluator;
import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.FixedPolicies;
import io.waggle.core.policy.Policy;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.EvaluatorState;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One policy of a surface as the learner runs it: what it knows, what it is worth, what of it is
 * published. Restored from and saved as {@link PolicyState}. One thread; metric readers see plain
 * fields, as with Flink's own counters.
 */
final class PolicyRun implements AutoCloseable {
  private static final long NO_REWARD = Long.MAX_VALUE;

  private final Surface surface;
  private final String name;
  private final String arguments;
  private final Policy policy;
  private final @Nullable Learner learner;
  private final PolicyEvaluator evaluator;

  private long eventsLearned;
  private long rejected;
  private long oldestRewardMillis = NO_REWARD;

  private Taken taken;
  private long modelBytesNanos;

  private long publishedVersion;
  private long publishedEventsLearned;
  private long publishedAtMillis;

  /**
   * A learner's bytes, what they had learned, and when the oldest of the rewards in them that no
   * published version knows was received.
   */
  private record Taken(ByteString bytes, long eventsLearned, long oldestRewardMillis) {}

  /** Opens a policy, going on from what was saved of it; null: nothing. */
  static PolicyRun open(
      Surface surface, PolicyConfig config, @Nullable PolicyState saved, LearnerFactory factory) {
    Optional<String> learns = Learners.arguments(config);
    String arguments = learns.orElseGet(() -> fingerprint(config));
    PolicyState state = saved == null ? PolicyState.getDefaultInstance() : saved;
    if (!state.getArguments().equals(arguments)) {
      // Another policy under the old name: only its version numbers go on, so that readers take it.
      state = PolicyState.newBuilder().setPublishedVersion(state.getPublishedVersion()).build();
    }
    Learner learner =
        learns.isPresent()
            ? factory.open(
                arguments,
                state.getModel().isEmpty() ? null : verified(state),
                surface.minPropensity())
            : null;
    Policy policy = learner == null ? FixedPolicies.of(config).orElseThrow() : learner;
    return new PolicyRun(surface, config.getName(), arguments, policy, learner, state);
  }

  private PolicyRun(
      Surface surface,
      String name,
      String arguments,
      Policy policy,
      @Nullable Learner learner,
      PolicyState state) {
    this.surface = surface;
    this.name = name;
    this.arguments = arguments;
    this.policy = policy;
    this.learner = learner;
    this.evaluator = evaluator(surface, state);
    this.eventsLearned = state.getEventsLearned();
    this.rejected = state.getRejected();
    long oldest = state.getOldestRewardMillis() == 0 ? NO_REWARD : state.getOldestRewardMillis();
    this.taken = new Taken(state.getModel(), eventsLearned, oldest);
    this.publishedVersion = state.getPublishedVersion();
    this.publishedEventsLearned = state.getPublishedEventsLearned();
  }

  /**
   * Predicts, evaluates what was predicted, and learns; in this order, so that no reward is
   * evaluated by a model that has seen it. A learner's prediction gets the floor it is served with.
   *
   * @throws RejectedExampleException when the learner refuses the example: it is not evaluated
   */
  void feed(Example example, int chosen, double propensity, double reward, long rewardTimeMillis)
      throws RejectedExampleException {
    double[] probabilities;
    if (learner == null) {
      probabilities = policy.predict(example).probabilities();
    } else {
      probabilities = learner.learn(example, chosen, -reward, propensity).probabilities();
      eventsLearned++;
      if (rewardTimeMillis > 0) {
        oldestRewardMillis = Math.min(oldestRewardMillis, rewardTimeMillis);
      }
      Exploration.applyFloor(probabilities, surface.explorationFloor());
    }
    evaluator.add(probabilities[chosen], propensity, reward);
  }

  /** A decision that this policy refused or failed on. */
  void reject() {
    rejected++;
  }

  /** True: something was learned that no published version knows. */
  boolean unpublished() {
    return eventsLearned > publishedEventsLearned;
  }

  /** True: bytes newer than the published version are at hand, a checkpoint took them. */
  boolean newerBytesAtHand() {
    return taken.eventsLearned() > publishedEventsLearned;
  }

  /** The learner's bytes as they are now; they cost nothing when nothing was learned since. */
  ByteString take() {
    if (learner != null && taken.eventsLearned() < eventsLearned) {
      long startNanos = System.nanoTime();
      // Not copied: a learner's bytes are a new array each time.
      ByteString bytes = UnsafeByteOperations.unsafeWrap(learner.modelBytes());
      modelBytesNanos = System.nanoTime() - startNanos;
      taken =
          new Taken(bytes, eventsLearned, Math.min(taken.oldestRewardMillis(), oldestRewardMillis));
      oldestRewardMillis = NO_REWARD;
    }
    return taken.bytes();
  }

  /** The bytes taken last as a new version. */
  ServableModel publish(long nowMillis) {
    long version = Math.max(nowMillis, publishedVersion + 1);
    ServableModel model =
        new ServableModel(
            surface.name(),
            name,
            version,
            taken.bytes(),
            arguments,
            taken.eventsLearned(),
            nowMillis,
            publishedVersion,
            orZero(taken.oldestRewardMillis()));
    taken = new Taken(taken.bytes(), taken.eventsLearned(), NO_REWARD);
    publishedVersion = version;
    publishedEventsLearned = taken.eventsLearned();
    publishedAtMillis = nowMillis;
    return model;
  }

  /** What the policy is worth, all decisions together. */
  PolicyEvaluation evaluate(long nowMillis) {
    PolicyEvaluation.Builder evaluation = evaluator.evaluate();
    return evaluation
        .setSurface(surface.name())
        .setPolicy(name)
        .setSegment("all")
        .setEventsLearned(eventsLearned)
        .setRejected(evaluation.getRejected() + rejected)
        .setUpdatedMillis(nowMillis)
        .build();
  }

  /** Everything, for a checkpoint. */
  PolicyState save() {
    ByteString bytes = take();
    return PolicyState.newBuilder()
        .setSurface(surface.name())
        .setPolicy(name)
        .setArguments(arguments)
        .setModel(bytes)
        .setChecksum(checksum(bytes))
        .setEventsLearned(eventsLearned)
        .setPublishedVersion(publishedVersion)
        .setPublishedEventsLearned(publishedEventsLearned)
        .setOldestRewardMillis(orZero(taken.oldestRewardMillis()))
        .setEvaluator(evaluator.state())
        .setRejected(rejected)
        .setEvaluatedWith(evaluatedWith(surface))
        .build();
  }

  String name() {
    return name;
  }

  long eventsLearned() {
    return eventsLearned;
  }

  long rejected() {
    return rejected;
  }

  long publishedVersion() {
    return publishedVersion;
  }

  /** When it was published last since the operator started; 0: not yet. */
  long publishedAtMillis() {
    return publishedAtMillis;
  }

  /** What taking the bytes cost the last time. */
  long modelBytesNanos() {
    return modelBytesNanos;
  }

  @Override
  public void close() {
    if (learner != null) {
      learner.close();
    }
  }

  private static PolicyEvaluator evaluator(Surface surface, PolicyState state) {
    double min = surface.reward().min();
    double max = surface.reward().max();
    EvaluatorState saved = state.getEvaluator();
    return state.getEvaluatedWith().equals(evaluatedWith(surface))
        ? PolicyEvaluator.restore(saved, min, max, surface.alpha())
        : new PolicyEvaluator(min, max, surface.alpha());
  }

  private static String evaluatedWith(Surface surface) {
    return "range [%s, %s], floor %s, alpha %s"
        .formatted(
            surface.reward().min(),
            surface.reward().max(),
            surface.explorationFloor(),
            surface.alpha());
  }

  private static long orZero(long rewardMillis) {
    return rewardMillis == NO_REWARD ? 0 : rewardMillis;
  }

  /** A policy that does not learn has no command line, but its evaluation is of its table. */
  private static String fingerprint(PolicyConfig config) {
    return config.getKindCase() + " " + Integer.toHexString(checksum(config.toByteString()));
  }

  private static byte[] verified(PolicyState state) {
    if (checksum(state.getModel()) != state.getChecksum()) {
      // A damaged model loads without a word and predicts nonsense: better not to start.
      throw new IllegalStateException(
          "model of %s/%s in the checkpoint: checksum does not hold"
              .formatted(state.getSurface(), state.getPolicy()));
    }
    return state.getModel().toByteArray();
  }

  private static int checksum(ByteString bytes) {
    CRC32C checksum = new CRC32C();
    bytes.asReadOnlyByteBufferList().forEach(checksum::update);
    return (int) checksum.getValue();
  }
}
