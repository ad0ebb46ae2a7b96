package io.waggle.jobs.learn;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.control.Charge;
import io.waggle.jobs.control.ControlledSurfaces;
import io.waggle.jobs.control.Standing;
import io.waggle.jobs.control.Writer;
import io.waggle.jobs.history.PastExamples;
import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.model.ServableModel;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import io.waggle.v1.RejectReason;
import io.waggle.v1.ShownDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds each joined decision to every policy of its surface: predict, evaluate, learn; one that
 * comes in stages as {@link StagedLearning} says. Keyed by surface; the subtask that owns a
 * surface's key group holds its learners, so a policy has one writer. Control records, broadcast,
 * change a surface's policies between two decisions; what is refused of them is a dead letter of
 * the surface's owner; a rollback arrives with the version's bytes and is done before the next
 * decision. Out come evaluations; every decision fed, numbered, by {@link #EXAMPLES}; model
 * versions in parts by {@link #MODELS}; what no policy or not every policy could use by {@link
 * DeadLetters#TAG} (the decision's bytes; partition and offset are -1, they are not known behind
 * the join).
 *
 * <p>Models are operator state and not keyed state because they live in native learners: a
 * checkpoint takes their bytes where something was learned since the last taking. On restore every
 * subtask sees all of them and opens those it owns, so the parallelism may change.
 *
 * <p>Where several learners share a surface each has a key of its own ({@link LearnerKeys}): it
 * contributes its model by {@link #CONTRIBUTIONS} instead of publishing it, and goes on from the
 * merged models that come back with the control records.
 *
 * <p>Of jobs that run side by side the one whose epoch {@code control} puts in charge publishes
 * ({@link Standing}). The others learn and number their examples as an epoch of their own, and say
 * nothing; the one that is put in charge publishes all it knows at once, and takes the models of
 * the epoch before out of the topic.
 *
 * <p>Publishing is paced by {@link PublishPacer} and done by processing-time timers between
 * records, so the last version also leaves when no more records come.
 */
public final class LearnFunction
    extends KeyedBroadcastProcessFunction<String, JoinedDecision, Control, PolicyEvaluation>
    implements CheckpointedFunction, CheckpointListener {
  /** The parts of published model versions, in order. */
  public static final OutputTag<ModelSnapshot> MODELS =
      new OutputTag<>("models", ProtoTypeInformation.forMessage(ModelSnapshot.class));

  /** What was learned, in order. */
  public static final OutputTag<LearnedExample> EXAMPLES =
      new OutputTag<>("examples", ProtoTypeInformation.forMessage(LearnedExample.class));

  /** The parts of the versions that go to the registry, each a full model. */
  public static final OutputTag<ModelSnapshot> VERSIONS =
      new OutputTag<>("versions", ProtoTypeInformation.forMessage(ModelSnapshot.class));

  /** What learners that share a surface learned, for the merge. */
  public static final OutputTag<ModelContribution> CONTRIBUTIONS =
      new OutputTag<>("contributions", ProtoTypeInformation.forMessage(ModelContribution.class));

  /** Which job holds the epoch, for topic control; said once a subtask. */
  public static final OutputTag<Control> CLAIMS =
      new OutputTag<>("claims", ProtoTypeInformation.forMessage(Control.class));

  /** The control records that count, broadcast. */
  public static final MapStateDescriptor<String, Control> CONTROL =
      ControlledSurfaces.state(LearningNames.CONTROL);

  private static final long serialVersionUID = 1L;

  private static final Logger LOGGER = LoggerFactory.getLogger(LearnFunction.class);

  private final Surfaces surfaces;
  private final LearnerKeys keys;
  private final LearnerFactory factory;
  private final @Nullable Duration keepEvery;
  private final @Nullable PastExamples past;
  private final Writer writer;

  private transient @Nullable Learning learning;
  private transient @Nullable ShownDecisions shown;

  /**
   * What the operator holds while it runs.
   *
   * @param timers when each surface's processing-time timer is due
   * @param fed surfaces that have had a record since the operator started
   */
  private record Learning(
      ControlledSurfaces surfaces,
      Announcer announcer,
      LearnMetrics metrics,
      WarmUps warmUps,
      Map<String, SurfaceRun> runs,
      Map<String, Long> timers,
      Set<String> fed,
      ListState<PolicyState> policyStates,
      ListState<LearnCounts> countStates) {}

  /** A learner whose versions are not kept and whose policies all begin cold. */
  public LearnFunction(Surfaces surfaces, LearnerFactory factory) {
    this(surfaces, new LearnerKeys(surfaces, 128), factory, null, null, Writer.starting(0));
  }

  /**
   * A learner.
   *
   * @param keys those that its input is keyed by
   * @param keepEvery of each policy, versions go to the registry at most this often; null: none
   *     does
   * @param past what was learned before, for policies that warm up; null: they begin cold
   * @param writer the job as it was started, see {@link Standing}
   */
  public LearnFunction(
      Surfaces surfaces,
      LearnerKeys keys,
      LearnerFactory factory,
      @Nullable Duration keepEvery,
      @Nullable PastExamples past,
      Writer writer) {
    this.surfaces = surfaces;
    this.keys = keys;
    this.factory = factory;
    this.keepEvery = keepEvery;
    this.past = past;
    this.writer = writer;
  }

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    ListState<PolicyState> policyStates =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    LearningNames.POLICIES, ProtoTypeInformation.forMessage(PolicyState.class)));
    ListState<LearnCounts> countStates =
        context
            .getOperatorStateStore()
            .getUnionListState(
                new ListStateDescriptor<>(
                    LearningNames.LEARN_COUNTS,
                    ProtoTypeInformation.forMessage(LearnCounts.class)));
    BroadcastState<String, Control> control =
        context.getOperatorStateStore().getBroadcastState(CONTROL);
    Charge charge = new Charge(writer, control, context.isRestored());
    learning =
        new Learning(
            new ControlledSurfaces(surfaces, control),
            new Announcer(charge, keepEvery),
            new LearnMetrics(
                getRuntimeContext().getMetricGroup(),
                writer.epoch(),
                charge::activeEpoch,
                charge::standing),
            new WarmUps(past, factory),
            new HashMap<>(),
            new HashMap<>(),
            new HashSet<>(),
            policyStates,
            countStates);
    openSurfaces(learning);
    // The union would otherwise hold every subtask's models until the next checkpoint.
    policyStates.clear();
    countStates.clear();
  }

  private void openSurfaces(Learning step) throws Exception {
    Map<String, List<PolicyState>> policies = new HashMap<>();
    for (PolicyState state : step.policyStates().get()) {
      requireOwnEpoch(state);
      policies.computeIfAbsent(state.getSurface(), surface -> new ArrayList<>()).add(state);
    }
    Map<String, List<LearnCounts>> counts = new HashMap<>();
    for (LearnCounts saved : step.countStates().get()) {
      counts.computeIfAbsent(saved.getSurface(), surface -> new ArrayList<>()).add(saved);
    }
    for (Surface surface : step.surfaces().all()) {
      openSurface(
          step,
          surface,
          policies.getOrDefault(surface.name(), List.of()),
          counts.getOrDefault(surface.name(), List.of()));
    }
  }

  /** Versions of this job would be smaller than those of the job whose state it goes on from. */
  private void requireOwnEpoch(PolicyState state) {
    long published = ModelVersions.epoch(state.getPublishedVersion());
    if (published > writer.epoch()) {
      throw new IllegalStateException(
          "epoch: %d (expected: at least %d, that of the job whose state this one goes on from)"
              .formatted(writer.epoch(), published));
    }
  }

  private void openSurface(
      Learning step, Surface surface, List<PolicyState> saved, List<LearnCounts> counted) {
    List<String> ofSurface = keys.of(surface.name());
    if (ofSurface.stream().noneMatch(this::owns)) {
      return;
    }
    int learners = ofSurface.size();
    Map<Integer, Map<String, PolicyState>> policies = LearnerSpread.policies(saved, learners);
    Map<Integer, LearnCounts> counts = LearnerSpread.counts(counted, learners);
    // A policy that is new in the file begins later than one of its name that was there before.
    long generation = counted.stream().mapToLong(LearnCounts::getEpoch).max().orElse(0);
    for (int shard = 0; shard < learners; shard++) {
      String key = ofSurface.get(shard);
      if (owns(key)) {
        long attempt = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        step.runs()
            .put(
                key,
                SurfaceRun.open(
                    surface,
                    new Seat(shard, learners, attempt, writer.epoch(), generation),
                    key,
                    policies.getOrDefault(shard, Map.of()),
                    Objects.requireNonNull(counts.get(shard)),
                    factory,
                    step.warmUps()));
      }
    }
  }

  private boolean owns(String key) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  @Override
  public void open(OpenContext context) {
    shown = new ShownDecisions(getRuntimeContext(), LearningNames.SHOWN);
    learning().runs().values().forEach(learning().metrics()::follow);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    learning().policyStates().update(policyStates());
    learning().countStates().update(counts());
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) {
    announcer().checkpointed();
  }

  /** True: what is to be said of a surface once is this subtask's to say. */
  private boolean speaksFor(String surface) {
    return owns(keys.of(surface).get(0));
  }

  /** This subtask's learners of a surface. */
  private List<SurfaceRun> learnersOf(String surface) {
    return keys.of(surface).stream()
        .map(key -> learning().runs().get(key))
        .filter(Objects::nonNull)
        .toList();
  }

  /** What this subtask counted, one a surface. */
  List<LearnCounts> counts() {
    return learning().runs().values().stream().map(SurfaceRun::counts).toList();
  }

  /** Everything that this subtask's policies know. */
  List<PolicyState> policyStates() {
    return learning().runs().values().stream().flatMap(surface -> surface.save().stream()).toList();
  }

  @Override
  public void processElement(
      JoinedDecision joined, ReadOnlyContext context, Collector<PolicyEvaluation> out)
      throws Exception {
    SurfaceRun surface = learning().runs().get(context.getCurrentKey());
    long nowMillis = context.timerService().currentProcessingTime();
    if (surface == null) {
      context.output(
          DeadLetters.TAG,
          LearnLetters.decision(
              joined,
              RejectReason.REJECT_REASON_UNKNOWN_SURFACE,
              "surface: no surface of that name is configured",
              nowMillis));
      return;
    }
    Announcer.Outlet outlet =
        new Announcer.Outlet(context.timerService()::currentProcessingTime, context::output, out);
    if (learning().fed().add(surface.key())) {
      context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
      // What left while the job was down; what leaves later is taken out when it does.
      announcer().takeOut(surface, outlet);
    }
    announcer().claim(outlet);
    surface.advance(nowMillis);
    String refusals = feed(surface, joined, context);
    if (!refusals.isEmpty()) {
      context.output(
          DeadLetters.TAG,
          LearnLetters.decision(joined, RejectReason.REJECT_REASON_LEARNER, refusals, nowMillis));
    }
    schedule(surface, context.timerService());
  }

  /** Feeds a decision, or a stage of one; what is learned of it is logged first. */
  private String feed(SurfaceRun surface, JoinedDecision joined, ReadOnlyContext context)
      throws Exception {
    String id = joined.getDecision().getDecisionId();
    JoinStage stage = joined.getStage();
    boolean goesOn = stage == JoinStage.JOIN_STAGE_REWARDED || stage == JoinStage.JOIN_STAGE_CLOSED;
    ShownDecision kept = goesOn ? shown().of(id) : null;
    if (stage == JoinStage.JOIN_STAGE_CLOSED) {
      shown().drop(id);
      return surface.close(joined, kept);
    }
    if (goesOn && kept == null) {
      // Not known to have been shown: to be rejected when it closes.
      return "";
    }
    TimerService timers = context.timerService();
    LearnedExample example = surface.take(joined, timers.currentProcessingTime());
    if (!announcer().isDisplaced()) {
      context.output(EXAMPLES, example);
    }
    if (stage == JoinStage.JOIN_STAGE_UNSPECIFIED) {
      return surface.feed(example);
    }
    StagedLearning.Stage fed = surface.feedStage(example, kept, timers.currentWatermark());
    shown().keep(id, fed.keep(), timers);
    return fed.refusals();
  }

  @Override
  public void processBroadcastElement(
      Control control, Context context, Collector<PolicyEvaluation> out) throws Exception {
    Announcer.Outlet outlet =
        new Announcer.Outlet(context::currentProcessingTime, context::output, out);
    if (control.hasSurface()) {
      follow(control, outlet);
    } else if (control.hasRollback()) {
      rollBack(control, outlet);
    } else if (control.hasWriterEpoch() || control.hasWriterClaim()) {
      announcer().follow(control, learning().runs().values(), outlet);
    } else if (control.hasMerged()) {
      learnersOf(control.getMerged().getSurface()).forEach(run -> run.adopt(control.getMerged()));
    }
  }

  private void rollBack(Control control, Announcer.Outlet out) {
    String name = control.getRollback().getSurface();
    try {
      if (learning().surfaces().find(name) == null) {
        throw new IllegalArgumentException(
            "rollback.surface: " + name + " (expected: a surface that has a file)");
      }
      for (SurfaceRun surface : learnersOf(name)) {
        Optional<ServableModel> version = surface.rollBack(control, out.nowMillis());
        version.ifPresent(model -> announcer().publish(model, out));
        announcer().contribute(surface, out);
        announcer().evaluations(surface, out);
      }
    } catch (IllegalArgumentException e) {
      LOGGER.warn("A rollback of {} is refused: {}", name, e.getMessage());
      refuse(name, control, e, out);
    }
  }

  private void refuse(
      String surface, Control control, IllegalArgumentException e, Announcer.Outlet out) {
    if (speaksFor(surface)) {
      out.side().send(DeadLetters.TAG, LearnLetters.control(control, e, out.nowMillis()));
    }
  }

  private void follow(Control control, Announcer.Outlet out) throws Exception {
    String name = control.getSurface().getName();
    Optional<Surface> changed;
    try {
      changed = learning().surfaces().accept(control);
    } catch (IllegalArgumentException e) {
      LOGGER.warn("Control of surface {} is refused: {}", name, e.getMessage());
      refuse(name, control, e, out);
      return;
    }
    if (changed.isEmpty()) {
      return;
    }
    for (SurfaceRun surface : learnersOf(name)) {
      surface.follow(changed.get(), control.getCreatedMillis());
      surface.advance(out.nowMillis());
      learning().metrics().follow(surface);
      announcer().takeOut(surface, out);
      announcer().evaluations(surface, out);
    }
  }

  /** True: written to the topic as a tombstone of its key. */
  public static boolean isTombstone(PolicyEvaluation evaluation) {
    return evaluation.getUpdatedMillis() == 0;
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<PolicyEvaluation> out)
      throws Exception {
    SurfaceRun surface = learning().runs().get(context.getCurrentKey());
    if (surface == null) {
      return;
    }
    TimerService timers = context.timerService();
    Announcer.Outlet outlet =
        new Announcer.Outlet(timers::currentProcessingTime, context::output, out);
    if (context.timeDomain() == TimeDomain.EVENT_TIME) {
      shown().sweep(timestamp);
      if (timestamp == Long.MAX_VALUE) {
        announcer().sayLast(surface, outlet);
      }
      return;
    }
    learning().timers().remove(surface.key());
    announcer().claim(outlet);
    surface.advance(timers.currentProcessingTime());
    announcer().sayDue(surface, learning().runs().values(), outlet);
    schedule(surface, timers);
  }

  /** Makes sure that a timer runs no later than something of the surface is due. */
  private void schedule(SurfaceRun surface, TimerService timers) {
    long dueMillis = announcer().dueMillis(surface, timers.currentProcessingTime());
    if (dueMillis < learning().timers().getOrDefault(surface.key(), Long.MAX_VALUE)) {
      learning().timers().put(surface.key(), dueMillis);
      timers.registerProcessingTimeTimer(Math.max(dueMillis, timers.currentProcessingTime()));
    }
  }

  private Announcer announcer() {
    return learning().announcer();
  }

  private ShownDecisions shown() {
    return Objects.requireNonNull(shown, "open was not called");
  }

  private Learning learning() {
    return Objects.requireNonNull(learning, "initializeState was not called");
  }

  @Override
  public void close() throws Exception {
    if (learning != null) {
      learning.runs().values().forEach(SurfaceRun::close);
      learning.warmUps().close();
    }
  }
}
