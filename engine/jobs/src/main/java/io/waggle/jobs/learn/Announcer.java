package io.waggle.jobs.learn;

import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.jobs.control.Charge;
import io.waggle.jobs.control.Standing;
import io.waggle.jobs.record.ModelRecords;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.SegmentState;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a learning job says of its learners: versions, which of them go to the registry,
 * contributions, evaluations, and tombstones of what left. Of a job that is not in charge ({@link
 * Standing}) nothing is said but what its learners share while it stands by. One thread.
 */
final class Announcer {
  /** At most twice a second, and at most a tenth of the learner's time. */
  private static final long LEAST_INTERVAL_MILLIS = 500;

  private static final double LARGEST_SHARE = 0.1;

  /** Most parts of a model: another job's may have had more than this one's. */
  private static final int PARTS_BOUND = ModelParts.count(ModelAssembler.MODEL_BYTES_BOUND);

  private static final Logger LOGGER = LoggerFactory.getLogger(Announcer.class);

  private final Charge charge;
  private final PublishPacer pacer = new PublishPacer(LEAST_INTERVAL_MILLIS, LARGEST_SHARE);
  private final ModelRecords records = new ModelRecords();
  private final VersionPace kept;
  private boolean mayClaim;
  private boolean claimed;

  /** The operator's side outputs. */
  interface SideOutputs {
    <T> void send(OutputTag<T> tag, T record);
  }

  /**
   * Where the operator's outputs go during one of its calls.
   *
   * @param clockMillis processing time, milliseconds since 1970 UTC
   */
  record Outlet(
      LongSupplier clockMillis, SideOutputs side, Collector<PolicyEvaluation> evaluations) {
    long nowMillis() {
      return clockMillis.getAsLong();
    }
  }

  /**
   * @param charge whether the job is in charge
   * @param keepEvery as {@link VersionPace} takes it
   */
  Announcer(Charge charge, @Nullable Duration keepEvery) {
    this.charge = charge;
    this.kept = new VersionPace(keepEvery);
  }

  private boolean isInCharge() {
    return charge.standing() == Standing.ACTIVE;
  }

  /** True: another job holds the epoch, and numbers its examples likewise. */
  boolean isDisplaced() {
    return charge.standing() == Standing.DISPLACED;
  }

  /** True: what is learned is of use to somebody, or may be. */
  boolean counts() {
    return charge.standing().counts();
  }

  /**
   * A checkpoint is complete. From now on the job can be started again from its own state, so it
   * says which job holds its epoch; before, a run that ended early would keep the next one out.
   */
  void checkpointed() {
    mayClaim = true;
  }

  /** Says once that the job holds its epoch. */
  void claim(Outlet out) {
    if (mayClaim && !claimed && charge.standing().counts()) {
      claimed = true;
      out.side()
          .send(
              LearnFunction.CLAIMS,
              Control.newBuilder()
                  .setCreatedMillis(out.nowMillis())
                  .setAuthor("learning job")
                  .setWriterClaim(charge.claim())
                  .build());
    }
  }

  /**
   * Takes a record about an epoch or a claim. A job that is put in charge by it says all that it
   * knows, and takes the models of the epoch before out.
   */
  void follow(Control control, Collection<SurfaceRun> surfaces, Outlet out) throws Exception {
    long before = charge.activeEpoch();
    if (!charge.accept(control)) {
      return;
    }
    if (charge.standing() == Standing.DISPLACED) {
      LOGGER.error(
          "Another learning job holds epoch {}: this one publishes nothing any more. Stop it, or"
              + " start it with a larger epoch",
          charge.claim().getEpoch());
    } else {
      LOGGER.info(
          "Epoch {} is in charge, said {}; this job of epoch {} is {}",
          charge.activeEpoch(),
          control.getAuthor(),
          charge.claim().getEpoch(),
          charge.standing());
    }
    ModelPublisher publisher = publisher(out);
    // Of several learners the merge publishes, or stops to.
    surfaces.forEach(
        surface ->
            publisher.tell(
                surface,
                each ->
                    send(
                        isInCharge() ? each.toBuilder().setRelievedEpoch(before) : each.toBuilder(),
                        out)));
    if (!isInCharge()) {
      return;
    }
    for (SurfaceRun surface : surfaces) {
      publisher.publishAll(
          surface,
          model -> {
            publish(model, out);
            ModelParts.tombstones(model.surface(), model.policy(), before, PARTS_BOUND)
                .forEach(part -> out.side().send(LearnFunction.MODELS, part));
          });
      takeOut(surface, out);
      surface.sayAll();
      evaluations(surface, out);
    }
  }

  /** A version that is not to wait: what a rollback went back to. */
  void publish(ServableModel model, Outlet out) {
    if (isInCharge()) {
      for (ModelSnapshot part : records.of(model)) {
        out.side().send(LearnFunction.MODELS, part.toBuilder().setWriter(charge.claim()).build());
      }
      kept.published(model, out.nowMillis(), version -> keep(version, out));
    }
  }

  private static void keep(ServableModel version, Outlet out) {
    ModelParts.split(version).forEach(part -> out.side().send(LearnFunction.VERSIONS, part));
  }

  /** What a surface's learner is to contribute or ask now, as the pace allows. */
  void contribute(SurfaceRun surface, Outlet out) {
    contribute(List.of(surface), out);
  }

  private void contribute(Collection<SurfaceRun> surfaces, Outlet out) {
    if (counts()) {
      publisher(out).contribute(surfaces, each -> send(each.toBuilder(), out));
    }
  }

  private void send(ModelContribution.Builder contribution, Outlet out) {
    out.side()
        .send(
            LearnFunction.CONTRIBUTIONS,
            contribution.setStanding(charge.standing().said()).setWriter(charge.claim()).build());
  }

  /** The evaluations of a surface that changed, whatever the pace. */
  void evaluations(SurfaceRun surface, Outlet out) {
    say(surface.lastEvaluations(out.nowMillis()), out);
  }

  /** They were made for this job's metrics too, also where it is not in charge. */
  private void say(List<PolicyEvaluation> evaluations, Outlet out) {
    if (isInCharge()) {
      for (PolicyEvaluation each : evaluations) {
        out.evaluations().collect(each.toBuilder().setWriter(charge.claim()).build());
      }
    }
  }

  /**
   * Takes the policies and segments that left out of the compacted topics, where that is this job's
   * to do; else they wait until it is.
   */
  void takeOut(SurfaceRun surface, Outlet out) {
    if (!isInCharge()) {
      return;
    }
    surface.takeUndeclared().forEach(out.evaluations()::collect);
    for (PolicyState policy : surface.takeGone()) {
      ModelParts.tombstones(
              policy.getSurface(),
              policy.getPolicy(),
              ModelVersions.epoch(policy.getPublishedVersion()),
              policy.getPublishedParts())
          .forEach(part -> out.side().send(LearnFunction.MODELS, part));
      Stream<String> segments = policy.getSegmentsList().stream().map(SegmentState::getSegment);
      Stream.concat(Stream.of(SegmentedEvaluator.ALL), segments)
          .forEach(segment -> out.evaluations().collect(tombstone(policy, segment)));
    }
  }

  private static PolicyEvaluation tombstone(PolicyState policy, String segment) {
    return PolicyEvaluation.newBuilder()
        .setShard(policy.getShard())
        .setLearners(policy.getLearners())
        .setSurface(policy.getSurface())
        .setPolicy(policy.getPolicy())
        .setSegment(segment)
        .build();
  }

  /**
   * Says what is due.
   *
   * @param surface whose timer ran: its evaluations, and its versions for the registry
   * @param surfaces all of this subtask: they share the pace of models
   */
  void sayDue(SurfaceRun surface, Collection<SurfaceRun> surfaces, Outlet out) {
    if (isInCharge()) {
      publisher(out).publish(surfaces, model -> publish(model, out));
      kept.run(surface.name(), out.nowMillis(), version -> keep(version, out));
    }
    contribute(surfaces, out);
    say(surface.evaluations(pacer, out.nowMillis()), out);
  }

  /** Says what is left of a surface, whatever the pace: its input has ended. */
  void sayLast(SurfaceRun surface, Outlet out) {
    if (isInCharge()) {
      publisher(out).publishLast(surface, model -> publish(model, out));
      kept.runLast(surface.name(), out.nowMillis(), version -> keep(version, out));
    }
    if (counts()) {
      publisher(out).contributeLast(surface, each -> send(each.toBuilder(), out));
    }
    evaluations(surface, out);
  }

  /** When something of a surface is next to be said; {@link Long#MAX_VALUE}: nothing waits. */
  long dueMillis(SurfaceRun surface, long nowMillis) {
    return Math.min(
        surface.dueMillis(pacer, nowMillis, charge.standing()),
        isInCharge() ? kept.dueMillis(surface.name()) : Long.MAX_VALUE);
  }

  private ModelPublisher publisher(Outlet out) {
    return new ModelPublisher(pacer, out.clockMillis());
  }
}
