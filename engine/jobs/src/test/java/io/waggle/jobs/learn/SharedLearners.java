package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static io.waggle.jobs.learn.LearnSubtask.KEY_GROUPS;
import static io.waggle.jobs.learn.LearnSubtask.START;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.evaluate.StratifiedEvaluation;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.merge.MergeFunction;
import io.waggle.jobs.merge.MergedModels;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The learning operator in two subtasks, the merge and what brings its models back. */
final class SharedLearners implements AutoCloseable {
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.1 -b 10 --quiet";

  private final List<LearnSubtask> learners = new ArrayList<>();
  private final long epoch;
  private Surfaces surfaces;
  private KeyedOneInputStreamOperatorTestHarness<String, ModelContribution, ModelSnapshot> merge;
  private OneInputStreamOperatorTestHarness<ModelSnapshot, Control> back;
  private List<OperatorSubtaskState> saved = List.of();
  private OperatorSubtaskState savedMerge = OperatorSubtaskState.builder().build();
  private final List<ModelSnapshot> published = new ArrayList<>();
  private int[] sent = {0, 0};
  private int merged;
  private int answered;
  private long clock;

  SharedLearners(int learnerCount) throws Exception {
    this(learnerCount, 0);
  }

  SharedLearners(int learnerCount, long epoch) throws Exception {
    this.epoch = epoch;
    surfaces = surfaces(learnerCount);
    merge = merge(null);
    back = back();
    learners.add(new LearnSubtask(surfaces, Learners::open, null, 2, 0, null, epoch));
    learners.add(new LearnSubtask(surfaces, Learners::open, null, 2, 1, null, epoch));
  }

  private static Surfaces surfaces(int learnerCount) {
    return new Surfaces(
        List.of(
            Surface.of(
                TestSurfaces.config("home", ARGUMENTS).toBuilder()
                    .setLearners(learnerCount)
                    .build())));
  }

  private KeyedOneInputStreamOperatorTestHarness<String, ModelContribution, ModelSnapshot> merge(
      @Nullable OperatorSubtaskState from) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<String, ModelContribution, ModelSnapshot> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new MergeFunction(Duration.ofMinutes(1), epoch)),
            each -> each.getSurface() + "/" + each.getPolicy(),
            Types.STRING);
    harness.setup(
        ProtoTypeInformation.forMessage(ModelSnapshot.class)
            .createSerializer(new SerializerConfigImpl()));
    if (from != null) {
      harness.initializeState(from);
    }
    harness.open();
    return harness;
  }

  private OneInputStreamOperatorTestHarness<ModelSnapshot, Control> back() throws Exception {
    OneInputStreamOperatorTestHarness<ModelSnapshot, Control> harness =
        new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new MergedModels(epoch)));
    harness.setup(
        ProtoTypeInformation.forMessage(Control.class)
            .createSerializer(new SerializerConfigImpl()));
    harness.open();
    return harness;
  }

  void feed(JoinedDecision decision) throws Exception {
    for (LearnSubtask learner : learners) {
      if (learner.owns(decision)) {
        learner.feed(decision);
      }
    }
  }

  void feedBoth(int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      feed(joined("home", "d" + i, i % 3, i % 2));
    }
  }

  void control(Control control) throws Exception {
    for (LearnSubtask learner : learners) {
      learner.control(control);
    }
  }

  long nowMillis() {
    return START + clock;
  }

  void advance(long millis) throws Exception {
    clock += millis;
    for (LearnSubtask learner : learners) {
      learner.clock(clock);
    }
    merge.setProcessingTime(START + clock);
    collect();
  }

  /** What was contributed reaches the merge. */
  void merge() throws Exception {
    for (int i = 0; i < learners.size(); i++) {
      List<ModelContribution> all = learners.get(i).contributions();
      for (ModelContribution each : all.subList(sent[i], all.size())) {
        merge.processElement(each, START + clock);
      }
      sent[i] = all.size();
    }
    collect();
  }

  private void collect() {
    List<ModelSnapshot> all = merge.extractOutputValues();
    published.addAll(all.subList(merged, all.size()));
    merged = all.size();
  }

  /** What was published reaches the learners. */
  void answer() throws Exception {
    int before = back.extractOutputValues().size();
    for (ModelSnapshot part : published.subList(answered, published.size())) {
      back.processElement(part, START + clock);
    }
    answered = published.size();
    List<Control> all = back.extractOutputValues();
    for (Control each : all.subList(before, all.size())) {
      control(each);
    }
  }

  /** Time goes on until nobody has anything to say. */
  void settle() throws Exception {
    for (int i = 0; i < 12; i++) {
      advance(MergeFunction.PATIENCE_MILLIS);
      merge();
      answer();
    }
  }

  void checkpoint() throws Exception {
    List<OperatorSubtaskState> states = new ArrayList<>();
    for (LearnSubtask learner : learners) {
      states.add(learner.harness.snapshot(1, 1));
    }
    saved = states;
    savedMerge = merge.snapshot(1, 1);
  }

  void restore() throws Exception {
    restore(Math.max(1, surfaces.all().get(0).learners()));
  }

  /** From the checkpoint; the topic keeps what was published. */
  void restore(int learnerCount) throws Exception {
    close();
    surfaces = surfaces(learnerCount);
    OperatorSubtaskState all =
        AbstractStreamOperatorTestHarness.repackageState(saved.get(0), saved.get(1));
    learners.clear();
    for (int i = 0; i < 2; i++) {
      OperatorSubtaskState part =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(all, KEY_GROUPS, 2, 2, i);
      LearnSubtask learner = new LearnSubtask(surfaces, Learners::open, null, 2, i, part, epoch);
      learner.clock(clock);
      learners.add(learner);
    }
    merge = merge(savedMerge);
    merge.setProcessingTime(START + clock);
    back = back();
    sent = new int[] {0, 0};
    merged = 0;
  }

  /** The parts of the merged versions that went to the registry. */
  List<ModelSnapshot> versions() {
    ConcurrentLinkedQueue<StreamRecord<ModelSnapshot>> kept =
        merge.getSideOutput(MergeFunction.VERSIONS);
    return kept == null ? List.of() : kept.stream().map(StreamRecord::getValue).toList();
  }

  ModelSnapshot newest() {
    @Nullable ModelSnapshot newest = null;
    for (ModelSnapshot part : all()) {
      if (newest == null || part.getVersion() > newest.getVersion()) {
        newest = part;
      }
    }
    return Objects.requireNonNull(newest, "nothing was published");
  }

  List<ModelSnapshot> all() {
    List<ModelSnapshot> all = new ArrayList<>(published);
    learners.forEach(learner -> all.addAll(learner.models()));
    return all;
  }

  /** These models are small: one part, never a change. */
  ByteString newestModel() {
    ModelSnapshot newest = newest();
    assertThat(newest.getParts()).isEqualTo(1);
    assertThat(newest.getBaseVersion()).isZero();
    return newest.getData();
  }

  List<ByteString> learnersModels() {
    return states().stream().map(PolicyState::getModel).toList();
  }

  private List<PolicyState> states() {
    return learners.stream()
        .flatMap(learner -> learner.policyStates().stream())
        .filter(state -> state.getPolicy().equals("learner"))
        .toList();
  }

  long unmerged() {
    return states().stream()
        .mapToLong(state -> state.getShare().getEvents() + state.getShare().getContributedEvents())
        .sum();
  }

  long eventsLearned() {
    return states().stream().mapToLong(PolicyState::getEventsLearned).sum();
  }

  long received() {
    return learners.stream()
        .flatMap(learner -> learner.allCounts().stream())
        .mapToLong(counts -> counts.getDecisionsReceived())
        .sum();
  }

  /** The newest of each learner together. */
  PolicyEvaluation evaluation(String policy) {
    List<PolicyEvaluation> shares = new ArrayList<>();
    for (LearnSubtask learner : learners) {
      if (learner.evaluations().stream().anyMatch(each -> each.getPolicy().equals(policy))) {
        shares.add(learner.evaluation(policy));
      }
    }
    return shares.size() == 1 ? shares.get(0) : StratifiedEvaluation.combine(shares);
  }

  @Override
  public void close() throws Exception {
    for (LearnSubtask learner : learners) {
      learner.close();
    }
    merge.close();
    back.close();
  }
}
