package io.waggle.jobs.learn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.model.JoinedSlots;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.suggest.LearnedFeatures;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.MergeShare;
import io.waggle.v1.MergedModel;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.PolicyCondition;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.SegmentState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One policy of a surface as the learner runs it: what it knows, what it is worth, what of it is
 * published. Restored from and saved as {@link PolicyState}. One thread; metric readers see plain
 * fields, as with Flink's own counters.
 *
 * <p>A paused policy keeps what it knows and neither predicts nor learns. One that warms up learns
 * the past elsewhere first ({@link SurfaceWarmUps}); meanwhile it is neither evaluated nor
 * published. A stopped one ({@link PolicyHealth} says when) is never published again; another
 * command line under its name starts anew.
 */
final class PolicyRun implements AutoCloseable {
  private final String name;
  private final String arguments;
  private final boolean anew;
  private final Seat seat;
  private final MergeShare savedShare;
  private final @Nullable SharedLearning shared;
  private final List<String> features;
  private final Publication publication;
  private final ShadowValue value;
  private final PolicyReport report;
  private final StagedAnswers staged;

  private Surface surface;
  private Pupil pupil;
  private boolean paused;
  private @Nullable String warming;
  private long rollbackMillis;

  /**
   * Opens a policy, going on from what was saved of it; null: nothing.
   *
   * @throws IllegalStateException when the saved model's checksum does not hold
   */
  static PolicyRun open(
      Surface surface,
      PolicyConfig config,
      @Nullable PolicyState saved,
      LearnerFactory factory,
      Seat seat) {
    String arguments = PolicyArguments.of(config);
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
    Pupil pupil = Pupil.open(surface, config, arguments, state, factory);
    return new PolicyRun(surface, config, arguments, pupil, state, seat);
  }

  private PolicyRun(
      Surface surface,
      PolicyConfig config,
      String arguments,
      Pupil pupil,
      PolicyState state,
      Seat seat) {
    this.name = config.getName();
    this.arguments = arguments;
    this.anew = state.getArguments().isEmpty() || state.getWarming();
    this.publication = new Publication(state);
    this.value = new ShadowValue(name, surface, state);
    this.report = new PolicyReport(surface.name(), name, seat, value);
    this.staged = new StagedAnswers(name, arguments, surface, value, state.getUnweighted());
    this.surface = surface;
    // Control changes no features, and other arguments are another policy.
    this.features = LearnedFeatures.of(surface.config(), config);
    this.pupil = pupil;
    this.paused = config.getPaused();
    this.rollbackMillis = state.getRollbackMillis();
    this.seat = seat;
    this.savedShare = state.getShare();
    this.shared =
        seat.isAlone() || Learners.arguments(config).isEmpty()
            ? null
            : new SharedLearning(seat, state, () -> bytes(pupil.learner()));
  }

  private static ByteString bytes(@Nullable Learner learner) {
    return learner == null
        ? ByteString.EMPTY
        : UnsafeByteOperations.unsafeWrap(learner.modelBytes());
  }

  /**
   * Goes on under a changed surface.
   *
   * @return false: it is another policy under the old name, nothing was done
   */
  boolean follow(Surface changed, PolicyConfig config) {
    if (!arguments.equals(PolicyArguments.of(config))) {
      return false;
    }
    surface = changed;
    paused = config.getPaused();
    value.follow(changed);
    staged.follow(changed);
    return true;
  }

  /** True: it predicts, is evaluated and learns. */
  boolean runs() {
    return condition() == PolicyCondition.POLICY_CONDITION_UNSPECIFIED;
  }

  /** What is done with it. */
  PolicyCondition condition() {
    if (pupil.isStopped()) {
      return PolicyCondition.POLICY_CONDITION_STOPPED;
    }
    if (warming != null) {
      return PolicyCondition.POLICY_CONDITION_WARMING;
    }
    return paused
        ? PolicyCondition.POLICY_CONDITION_PAUSED
        : PolicyCondition.POLICY_CONDITION_UNSPECIFIED;
  }

  /** True: nothing of it was saved, and it can learn. */
  boolean beginsAnew() {
    return anew && pupil.learner() != null;
  }

  /** It learns the past first, elsewhere, and is that far. */
  void warming(String progress) {
    warming = progress;
  }

  boolean isWarming() {
    return condition() == PolicyCondition.POLICY_CONDITION_WARMING;
  }

  /** What its warm-up is to learn: its configuration says how far back. */
  WarmUp.Plan plan(ExampleLog log, long nowMillis) {
    PolicyConfig config = surface.policy(name);
    long back = config.getWarmUp().getSeconds() * 1000 + config.getWarmUp().getNanos() / 1_000_000;
    return new WarmUp.Plan(
        surface, config, arguments, nowMillis - back, log.epoch(nowMillis), log.firstSequence());
  }

  /** Goes on with what a warm-up has learned; null: nothing. Its evaluation begins now. */
  void adopt(@Nullable Pupil warmed) {
    warming = null;
    if (warmed != null) {
      pupil.close();
      pupil = warmed;
      pupil
          .provenance()
          .cause(ModelCause.MODEL_CAUSE_WARMED, "learned past decisions before it ran");
    }
  }

  /** What predicts and learns. */
  Pupil pupil() {
    return pupil;
  }

  /**
   * Predicts, evaluates what was predicted, and learns; in this order, so that no reward is
   * evaluated by a model that has seen it. A learner's prediction gets the floor it is served with.
   * What it refuses or fails on is not evaluated, and counted.
   *
   * @return what was wrong, for people; empty: it took it
   */
  String feed(Lesson lesson, Background background) {
    if (lesson.slots() != null) {
      return feedSlots(lesson, lesson.slots(), background);
    }
    Answer answer = ask(lesson);
    if (!answer.refused()) {
      value.add(lesson, background, answer.probabilities());
    }
    return answer.refusal();
  }

  /**
   * Predicts, then learns, unless the lesson is only to be predicted; nothing is evaluated. A part
   * of a decision that comes in stages: {@link StagedAnswers} evaluates it.
   */
  Answer ask(Lesson lesson) {
    try {
      double[] probabilities = pupil.take(lesson);
      if (pupil.learner() != null) {
        if (!lesson.predictedOnly()) {
          learned(lesson);
        }
        lesson.factors().get(0).applyFloor(probabilities, surface.explorationFloor());
      }
      return new Answer(probabilities, "");
    } catch (RejectedExampleException e) {
      return new Answer(new double[0], name + ": " + e.getMessage());
    }
  }

  private void learned(Lesson lesson) {
    publication.learned(lesson.rewardMillis());
    if (shared != null) {
      shared.learned();
    }
  }

  private String feedSlots(Lesson lesson, JoinedSlots slots, Background background) {
    try {
      List<double[]> probabilities = pupil.takeSlots(lesson, slots, surface.explorationFloor());
      if (pupil.learner() != null) {
        learned(lesson);
      }
      value.addSlots(slots, background, probabilities);
      return "";
    } catch (RejectedExampleException e) {
      return name + ": " + e.getMessage();
    }
  }

  /** Where what it knows comes from, down to the features that it is declared to learn from. */
  private ModelLineage lineage() {
    return pupil.lineage().toBuilder().addAllFeatures(features).build();
  }

  /** A decision that is of no use to any policy. */
  void reject() {
    if (runs()) {
      pupil.reject();
    }
  }

  /** True: something was learned that no published version knows. */
  boolean unpublished() {
    return pupil.learner() != null
        && shared == null
        && warming == null
        && pupil.eventsLearned() > publication.publishedEventsLearned();
  }

  /** True: what it knows can be published as it is, also if nothing was learned since. */
  boolean publishable() {
    return pupil.learner() != null
        && shared == null
        && warming == null
        && pupil.eventsLearned() > 0;
  }

  /** True: bytes newer than the published version are at hand, a checkpoint took them. */
  boolean newerBytesAtHand() {
    return publication.newerBytesAtHand();
  }

  /** Takes the learner's bytes as they are now; nothing where it has none. */
  void take() {
    Learner learner = pupil.learner();
    if (learner != null) {
      publication.take(learner, pupil.eventsLearned(), this::lineage);
    }
  }

  /** The bytes taken last as a new version. */
  ServableModel publish(long nowMillis) {
    return publish(publication.publishedVersion(), nowMillis);
  }

  private ServableModel publish(long parentVersion, long nowMillis) {
    ServableModel model =
        publication.publish(
            surface.name(), name, arguments, parentVersion, seat.epoch(), nowMillis);
    pupil.provenance().published();
    return model;
  }

  /** Its side of the merges; null: it is its policy's only learner, or is stopped. */
  @Nullable SharedLearning shared() {
    return pupil.learner() == null ? null : shared;
  }

  /**
   * What goes to the merge: the learner's bytes, or a question.
   *
   * @param side {@link #shared}
   */
  ModelContribution contribute(SharedLearning side, long nowMillis) {
    return contribution(side, side.mustAsk(nowMillis), nowMillis);
  }

  /** The same, a question also where none has to be asked. */
  ModelContribution tell(SharedLearning side, long nowMillis) {
    return contribution(side, side.mustAsk(nowMillis) || !side.mayContribute(), nowMillis);
  }

  private ModelContribution contribution(SharedLearning side, boolean asks, long nowMillis) {
    ModelContribution.Builder contribution;
    if (asks) {
      contribution = side.ask(nowMillis);
    } else {
      take();
      contribution =
          side.contribute(publication.bytes(), nowMillis)
              .setOldestRewardMillis(publication.contributed());
    }
    return contribution
        .setSurface(surface.name())
        .setPolicy(name)
        .setArguments(arguments)
        .addAllFeatures(features)
        .build();
  }

  /** Goes on from a merged model and what was learned since, if it is for this learner. */
  void adopt(MergedModel merged, LearnerFactory factory) {
    SharedLearning side = shared();
    if (side == null || !merged.getArguments().equals(arguments)) {
      return;
    }
    try {
      Optional<ByteString> next = side.adopt(merged, () -> bytes(pupil.learner()));
      if (next.isPresent()) {
        pupil.goOnWith(factory.open(arguments, next.get().toByteArray(), surface.minPropensity()));
        publication.merged(next.get(), pupil.eventsLearned(), lineage(), merged.getVersion());
      }
    } catch (IllegalArgumentException e) {
      pupil.stop("does not go on from the merged model: " + e.getMessage());
    }
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
   * Goes back to an earlier version: the learner, also a stopped or warming one, goes on from its
   * bytes with the next example, as if nothing had been learned since. The shadow value goes on: it
   * is what the policy was worth, with whatever it knew.
   *
   * @param detail who said so, for people
   * @return the version again, as a new one; empty: the merge publishes it
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}; nothing changes
   */
  Optional<ServableModel> rollBack(
      ModelRollback rollback, String detail, LearnerFactory factory, long nowMillis) {
    Learner earlier = Rollbacks.open(rollback, arguments, surface.minPropensity(), factory);
    ModelLineage version = rollback.getLineage();
    long events = version.getEventsLearned();
    if (seat.shard() > 0) {
      // What was learned before counts once.
      version = version.toBuilder().setEventsLearned(0).build();
    }
    pupil.goBackTo(earlier, version, detail);
    warming = null;
    publication.wentBackTo(rollback.getModel(), pupil.eventsLearned(), lineage());
    if (shared != null) {
      shared.beginAgain(seat.generation(rollbackMillis), rollback.getModel(), events);
      return Optional.empty();
    }
    return Optional.of(publish(version.getVersion(), nowMillis));
  }

  /** What the policy is worth: all decisions together, then the segments that changed. */
  List<PolicyEvaluation> evaluate(long nowMillis) {
    return report.evaluate(
        pupil,
        condition(),
        isWarming() && warming != null ? warming : pupil.stopReason(),
        nowMillis);
  }

  /** What is said of what it is worth. */
  PolicyReport report() {
    return report;
  }

  /** What outlives it: its name, its versions' numbers and its segments' names. */
  PolicyState outline() {
    return PolicyState.newBuilder()
        .setShard(seat.shard())
        .setLearners(seat.isAlone() ? 0 : seat.learners())
        .setSurface(surface.name())
        .setPolicy(name)
        .setPublishedVersion(publication.publishedVersion())
        .setPublishedParts(publication.publishedParts())
        .setRollbackMillis(rollbackMillis)
        .addAllSegments(
            value.segments().stream()
                .map(segment -> SegmentState.newBuilder().setSegment(segment).build())
                .toList())
        .build();
  }

  /**
   * Everything, for a checkpoint. What a warm-up has learned so far is not here: it begins again.
   */
  PolicyState save() {
    take();
    PolicyState.Builder state =
        PolicyState.newBuilder()
            .setSurface(surface.name())
            .setPolicy(name)
            .setArguments(arguments)
            .setRollbackMillis(rollbackMillis)
            .setUnweighted(staged.unweighted())
            .setShard(seat.shard())
            .setLearners(seat.isAlone() ? 0 : seat.learners())
            .setWarming(isWarming());
    pupil.save(state);
    value.save(state);
    publication.save(state);
    if (shared != null) {
      state.setShare(shared.save());
    } else if (savedShare.getGeneration() > 0) {
      state.setShare(MergeShare.newBuilder().setGeneration(savedShare.getGeneration()));
    }
    if (pupil.isStopped()) {
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
    return pupil.eventsLearned();
  }

  long rejected() {
    return pupil.rejected();
  }

  /** Its answers to decisions that come in stages. */
  StagedAnswers staged() {
    return staged;
  }

  /** Decisions learned that no merged model is known to hold; 0 where there is one learner. */
  long unmerged() {
    return shared == null ? 0 : shared.unmerged();
  }

  Publication publication() {
    return publication;
  }

  @Override
  public void close() {
    pupil.close();
  }
}
