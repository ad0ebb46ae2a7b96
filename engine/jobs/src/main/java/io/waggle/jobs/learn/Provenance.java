package io.waggle.jobs.learn;

import io.waggle.core.feature.FeatureSet;
import io.waggle.v1.Decision;
import io.waggle.v1.ExampleRange;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where what a learner knows comes from: what it began with, which examples it was given, which
 * decisions those were. Saved with the policy and copied into each version's lineage. One thread.
 *
 * <p>Bounds: {@value #RANGES} ranges of examples (a restart or a pause begins a new one; beyond it
 * the oldest leaves and the lineage says so) and {@value #POSITIONS} partitions (more are left
 * out).
 */
final class Provenance {
  static final int RANGES = 1_000;
  static final int POSITIONS = 1_024;

  private long baseVersion;
  private long firstDecisionMillis;
  private long lastDecisionMillis;
  private final List<ExampleRange> examples = new ArrayList<>();
  private boolean examplesLeftOut;
  private final Map<String, SourcePosition> positions = new TreeMap<>();
  private ModelCause cause;
  private String causeDetail;

  /** Goes on from what was saved. */
  Provenance(ModelLineage saved) {
    startFrom(saved);
    this.cause = saved.getCause();
    this.causeDetail = saved.getCauseDetail();
  }

  private void startFrom(ModelLineage lineage) {
    baseVersion = lineage.getBaseVersion();
    firstDecisionMillis = lineage.getFirstDecisionMillis();
    lastDecisionMillis = lineage.getLastDecisionMillis();
    examples.clear();
    examples.addAll(lineage.getExamplesList());
    examplesLeftOut = lineage.getExamplesLeftOut();
    positions.clear();
    lineage.getPositionsList().forEach(this::read);
  }

  /** An example is given to the learner, whether or not it takes it. */
  void given(LearnedExample example) {
    note(example.getJoined().getDecision());
    long epoch = example.getEpoch();
    int shard = example.getShard();
    long sequence = example.getSequence();
    ExampleRange newest = examples.isEmpty() ? null : examples.get(examples.size() - 1);
    if (newest != null
        && newest.getEpoch() == epoch
        && newest.getShard() == shard
        && newest.getLastSequence() == sequence - 1) {
      examples.set(examples.size() - 1, newest.toBuilder().setLastSequence(sequence).build());
      return;
    }
    if (examples.size() == RANGES) {
      examples.remove(0);
      examplesLeftOut = true;
    }
    examples.add(
        ExampleRange.newBuilder()
            .setEpoch(epoch)
            .setShard(shard)
            .setFirstSequence(sequence)
            .setLastSequence(sequence)
            .build());
  }

  private void note(Decision decision) {
    long timeMillis = decision.getEventTimeMillis();
    firstDecisionMillis =
        firstDecisionMillis == 0 ? timeMillis : Math.min(firstDecisionMillis, timeMillis);
    lastDecisionMillis = Math.max(lastDecisionMillis, timeMillis);
    if (decision.hasPosition()) {
      read(decision.getPosition());
    }
  }

  private void read(SourcePosition position) {
    String partition = position.getTopic() + "/" + position.getPartition();
    SourcePosition newest = positions.get(partition);
    if (newest == null ? positions.size() < POSITIONS : newest.getOffset() < position.getOffset()) {
      positions.put(partition, position);
    }
  }

  /** The learner now knows what that version knew, and nothing else. */
  void wentBackTo(ModelLineage version) {
    startFrom(version);
    baseVersion = version.getVersion();
    examples.clear();
    examplesLeftOut = false;
  }

  /** Why the next version is published. */
  void cause(ModelCause nextCause, String detail) {
    cause = nextCause;
    causeDetail = detail;
  }

  /** The next version was published. */
  void published() {
    cause(ModelCause.MODEL_CAUSE_UNSPECIFIED, "");
  }

  /** All of it; who it is of and what its bytes are is not known here. */
  ModelLineage.Builder lineage() {
    return ModelLineage.newBuilder()
        .setFeatureSet(FeatureSet.VERSION)
        .setBaseVersion(baseVersion)
        .setFirstDecisionMillis(firstDecisionMillis)
        .setLastDecisionMillis(lastDecisionMillis)
        .addAllExamples(examples)
        .setExamplesLeftOut(examplesLeftOut)
        .addAllPositions(positions.values())
        .setCause(cause)
        .setCauseDetail(causeDetail);
  }
}
