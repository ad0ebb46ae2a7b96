package io.waggle.jobs.learn;

import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.jobs.control.ActiveEpoch;
import io.waggle.jobs.record.ModelRecords;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
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
 * Standing}) nothing is said. One thread; {@link #activeEpoch} from any.
 */
final class Announcer {
  /** At most twice a second, and at most a tenth of the learner's time. */
  private static final long LEAST_INTERVAL_MILLIS = 500;

  private static final double LARGEST_SHARE = 0.1;

  /** Most parts of a model: another job's may have had more than this one's. */
  private static final int PARTS_BOUND = ModelParts.count(ModelAssembler.MODEL_BYTES_BOUND);

  private static final Logger LOGGER = LoggerFactory.getLogger(Announcer.class);

  private final long epoch;
  private final ActiveEpoch active;
  private final PublishPacer pacer = new PublishPacer(LEAST_INTERVAL_MILLIS, LARGEST_SHARE);
  private final ModelRecords records = new ModelRecords();
  private final VersionPace kept;

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
   * @param epoch the job's
   * @param active which is in charge
   * @param keepEvery as {@link VersionPace} takes it
   */
  Announcer(long epoch, ActiveEpoch active, @Nullable Duration keepEvery) {
    this.epoch = epoch;
    this.active = active;
    this.kept = new VersionPace(keepEvery);
  }

  /** The epoch in charge. */
  long activeEpoch() {
    return active.epoch();
  }

  private Standing standing() {
    return Standing.of(epoch, active.epoch());
  }

  private boolean isInCharge() {
    return standing() == Standing.ACTIVE;
  }

  /**
   * Takes a record about an epoch. A job that is put in charge by it says all that it knows, and
   * takes the models of the epoch before out.
   */
  void follow(Control control, Collection<SurfaceRun> surfaces, Outlet out) throws Exception {
    long before = active.epoch();
    if (!active.accept(control)) {
      return;
    }
    LOGGER.info(
        "Epoch {} is in charge, said {}; this job of epoch {} is {}",
        active.epoch(),
        control.getAuthor(),
        epoch,
        standing());
    if (!isInCharge()) {
      return;
    }
    ModelPublisher publisher = publisher(out);
    for (SurfaceRun surface : surfaces) {
      publisher.publishAll(
          surface,
          model -> {
            publish(model, out);
            ModelParts.tombstones(model.surface(), model.policy(), before, PARTS_BOUND)
                .forEach(part -> out.side().send(LearnFunction.MODELS, part));
          });
      contribute(surface, out);
      takeOut(surface, out);
      surface.sayAll();
      evaluations(surface, out);
    }
  }

  /** A version that is not to wait: what a rollback went back to. */
  void publish(ServableModel model, Outlet out) {
    if (isInCharge()) {
      records.of(model).forEach(part -> out.side().send(LearnFunction.MODELS, part));
      kept.published(model, out.nowMillis(), version -> keep(version, out));
    }
  }

  private static void keep(ServableModel version, Outlet out) {
    ModelParts.split(version).forEach(part -> out.side().send(LearnFunction.VERSIONS, part));
  }

  /** What a surface's learner is to contribute or ask now, as the pace allows. */
  void contribute(SurfaceRun surface, Outlet out) {
    if (isInCharge()) {
      publisher(out)
          .contribute(List.of(surface), each -> out.side().send(LearnFunction.CONTRIBUTIONS, each));
    }
  }

  /** The evaluations of a surface that changed, whatever the pace. */
  void evaluations(SurfaceRun surface, Outlet out) {
    say(surface.lastEvaluations(out.nowMillis()), out);
  }

  /** They were made for this job's metrics too, also where it is not in charge. */
  private void say(List<PolicyEvaluation> evaluations, Outlet out) {
    if (isInCharge()) {
      evaluations.forEach(out.evaluations()::collect);
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
      ModelPublisher publisher = publisher(out);
      publisher.publish(surfaces, model -> publish(model, out));
      publisher.contribute(surfaces, each -> out.side().send(LearnFunction.CONTRIBUTIONS, each));
      kept.run(surface.name(), out.nowMillis(), version -> keep(version, out));
    }
    say(surface.evaluations(pacer, out.nowMillis()), out);
  }

  /** Says what is left of a surface, whatever the pace: its input has ended. */
  void sayLast(SurfaceRun surface, Outlet out) {
    if (isInCharge()) {
      ModelPublisher publisher = publisher(out);
      publisher.publishLast(surface, model -> publish(model, out));
      publisher.contributeLast(surface, each -> out.side().send(LearnFunction.CONTRIBUTIONS, each));
      kept.runLast(surface.name(), out.nowMillis(), version -> keep(version, out));
    }
    evaluations(surface, out);
  }

  /** When something of a surface is next to be said; {@link Long#MAX_VALUE}: nothing waits. */
  long dueMillis(SurfaceRun surface, long nowMillis) {
    boolean inCharge = isInCharge();
    return Math.min(
        surface.dueMillis(pacer, nowMillis, inCharge),
        inCharge ? kept.dueMillis(surface.name()) : Long.MAX_VALUE);
  }

  private ModelPublisher publisher(Outlet out) {
    return new ModelPublisher(pacer, out.clockMillis());
  }
}
