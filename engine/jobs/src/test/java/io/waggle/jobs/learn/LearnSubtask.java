package io.waggle.jobs.learn;

import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.control.Writer;
import io.waggle.jobs.history.PastExamples;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** One subtask of the learner in a harness whose clock stands at {@link #START} first. */
final class LearnSubtask implements AutoCloseable {
  static final long START = 1_700_000_000_000L;
  static final int KEY_GROUPS = 128;
  static final Duration KEEP_EVERY = Duration.ofSeconds(10);

  final KeyedBroadcastOperatorTestHarness<String, JoinedDecision, Control, PolicyEvaluation>
      harness;
  private final Surfaces surfaces;
  private final LearnerFactory factory;
  private final @Nullable PastExamples past;
  private final LearnFunction function;
  private final LearnerKeys keys;
  private final int parallelism;
  private final int index;
  private final Writer writer;

  LearnSubtask(Surfaces surfaces, LearnerFactory factory) throws Exception {
    this(surfaces, factory, null, 1, 0, null, 0);
  }

  /** One that can warm policies up. */
  LearnSubtask(Surfaces surfaces, LearnerFactory factory, PastExamples past) throws Exception {
    this(surfaces, factory, past, 1, 0, null, 0);
  }

  LearnSubtask(
      Surfaces surfaces,
      LearnerFactory factory,
      @Nullable PastExamples past,
      int parallelism,
      int index,
      @Nullable OperatorSubtaskState from,
      long epoch)
      throws Exception {
    this(surfaces, factory, past, parallelism, index, from, new Writer(epoch, START, 1));
  }

  LearnSubtask(
      Surfaces surfaces,
      LearnerFactory factory,
      @Nullable PastExamples past,
      int parallelism,
      int index,
      @Nullable OperatorSubtaskState from,
      Writer writer)
      throws Exception {
    this.writer = writer;
    this.surfaces = surfaces;
    this.factory = factory;
    this.parallelism = parallelism;
    this.index = index;
    this.past = past;
    LearnerKeys spread = new LearnerKeys(surfaces, KEY_GROUPS);
    keys = spread;
    function = new LearnFunction(surfaces, keys, factory, KEEP_EVERY, past, writer);
    harness =
        new KeyedBroadcastOperatorTestHarness<>(
            new CoBroadcastWithKeyedOperator<>(function, List.of(LearnFunction.CONTROL)),
            joined ->
                spread.of(joined.getDecision().getSurface(), joined.getDecision().getDecisionId()),
            Types.STRING,
            KEY_GROUPS,
            parallelism,
            index);
    harness.setup(
        ProtoTypeInformation.forMessage(PolicyEvaluation.class)
            .createSerializer(new SerializerConfigImpl()));
    harness.setProcessingTime(START);
    if (from != null) {
      harness.initializeState(from);
    }
    harness.open();
    harness.processBroadcastWatermark(Watermark.MAX_WATERMARK);
  }

  void feed(JoinedDecision joined) throws Exception {
    harness.processElement(new StreamRecord<>(joined, joined.getDecision().getEventTimeMillis()));
  }

  void control(Control control) throws Exception {
    harness.processBroadcastElement(new StreamRecord<>(control, control.getCreatedMillis()));
  }

  /** Moves the clock to so long after {@link #START}; timers run. */
  void clock(long afterStartMillis) throws Exception {
    harness.setProcessingTime(START + afterStartMillis);
  }

  boolean owns(String surface) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(surface, KEY_GROUPS, parallelism)
        == index;
  }

  /** True: a decision's learner is here. */
  boolean owns(JoinedDecision joined) {
    return owns(keys.of(joined.getDecision().getSurface(), joined.getDecision().getDecisionId()));
  }

  /** What the job says of who holds its epoch. */
  List<Control> claims() {
    return side(LearnFunction.CLAIMS);
  }

  /** A checkpoint of all of it; it is complete. */
  OperatorSubtaskState checkpoint() throws Exception {
    OperatorSubtaskState saved = harness.snapshot(1, 1);
    harness.notifyOfCompletedCheckpoint(1);
    return saved;
  }

  /** What went to the merge, in order. */
  List<ModelContribution> contributions() {
    return side(LearnFunction.CONTRIBUTIONS);
  }

  List<ModelSnapshot> models() {
    return side(LearnFunction.MODELS);
  }

  List<LearnedExample> examples() {
    return side(LearnFunction.EXAMPLES);
  }

  /** The parts of the versions that go to the registry. */
  List<ModelSnapshot> versions() {
    return side(LearnFunction.VERSIONS);
  }

  List<DeadLetter> deadLetters() {
    return side(DeadLetters.TAG);
  }

  List<PolicyEvaluation> evaluations() {
    return harness.extractOutputValues();
  }

  /** The newest evaluation of a policy on all decisions. */
  PolicyEvaluation evaluation(String policy) {
    return evaluation(policy, SegmentedEvaluator.ALL);
  }

  /** The newest evaluation of a policy on a segment. */
  PolicyEvaluation evaluation(String policy, String segment) {
    List<PolicyEvaluation> all =
        evaluations().stream()
            .filter(each -> each.getPolicy().equals(policy))
            .filter(each -> each.getSegment().equals(segment))
            .toList();
    return all.get(all.size() - 1);
  }

  void watermark(long millis) throws Exception {
    harness.processWatermark(new Watermark(millis));
  }

  /** The counts of a surface as a checkpoint has them. */
  LearnCounts counts(String surface) {
    return function.counts().stream()
        .filter(each -> each.getSurface().equals(surface))
        .findFirst()
        .orElseThrow();
  }

  /** The counts of every learner here as a checkpoint has them. */
  List<LearnCounts> allCounts() {
    return function.counts();
  }

  List<PolicyState> policyStates() {
    return function.policyStates();
  }

  LearnSubtask restarted() throws Exception {
    return restarted(surfaces);
  }

  LearnSubtask restarted(Surfaces newSurfaces) throws Exception {
    OperatorSubtaskState saved = harness.snapshot(1, 1);
    close();
    return new LearnSubtask(newSurfaces, factory, past, parallelism, index, saved, writer);
  }

  private <T> List<T> side(OutputTag<T> tag) {
    ConcurrentLinkedQueue<StreamRecord<T>> records = harness.getSideOutput(tag);
    return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
  }

  @Override
  public void close() throws Exception {
    harness.close();
  }
}
