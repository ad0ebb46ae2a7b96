package io.waggle.jobs.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Action;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelContribution;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.WriterStanding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MergeFunctionTest {
  private static final String ARGUMENTS = "--cb_explore_adf --squarecb -b 8";
  private static final Duration KEEP_EVERY = Duration.ofSeconds(10);
  private static final long START = 1_700_000_000_000L;

  private final ByteString fresh = learned(0, 0);
  private KeyedOneInputStreamOperatorTestHarness<String, ModelContribution, ModelSnapshot> harness;

  @BeforeEach
  void open() throws Exception {
    harness = open(null);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  @Test
  void theContributionsOfAllLearnersMakeAVersion() throws Exception {
    offer(contribution(0, 1, 7));
    assertThat(harness.extractOutputValues()).isEmpty();

    offer(contribution(1, 1, 5));

    ServableModel merged = newest();
    assertThat(explored(merged)).isEqualTo(12);
    assertThat(merged.eventsLearned()).isEqualTo(12);
    assertThat(merged.version()).isEqualTo(START);
    assertThat(merged.lineage().getCause()).isEqualTo(ModelCause.MODEL_CAUSE_MERGED);
    ModelSnapshot part = harness.extractOutputValues().get(0);
    assertThat(part.getMergeRound()).isEqualTo(1);
    assertThat(part.getMergeShardsList())
        .allMatch(shard -> shard.getTakenRound() == 1 && shard.getAttempt() != 0);
  }

  @Test
  void aMergedVersionNamesTheFeaturesThatItsLearnersLearnFrom() throws Exception {
    offer(of(contribution(0, 1, 7), "dwell@1", "clicks@1"));
    offer(of(contribution(1, 1, 5), "dwell@1", "clicks@2"));

    assertThat(newest().lineage().getFeaturesList())
        .containsExactly("clicks@1", "clicks@2", "dwell@1");

    offer(of(contribution(0, 2, 7), "dwell@1", "clicks@2"));
    offer(of(contribution(1, 2, 5), "dwell@1", "clicks@2"));

    assertThat(newest().lineage().getFeaturesList()).containsExactly("clicks@2", "dwell@1");
  }

  private static ModelContribution of(ModelContribution contribution, String... features) {
    return contribution.toBuilder().addAllFeatures(List.of(features)).build();
  }

  @Test
  void aLearnerThatHasNothingToTellIsNotWaitedForLong() throws Exception {
    offer(contribution(0, 1, 7));
    offer(question(1, 1));

    harness.setProcessingTime(START + MergeFunction.PATIENCE_MILLIS - 1);
    assertThat(harness.extractOutputValues()).isEmpty();
    harness.setProcessingTime(START + MergeFunction.PATIENCE_MILLIS);

    assertThat(explored(newest())).isEqualTo(7);
    assertThat(harness.extractOutputValues().get(0).getMergeShards(1).getTakenRound()).isZero();
  }

  @Test
  void aRoundGoesOnAfterARestartAndCountsNothingTwice() throws Exception {
    ModelContribution first = contribution(0, 1, 7);
    offer(first);
    OperatorSubtaskState saved = harness.snapshot(1, 1);
    harness.close();
    harness = open(saved);

    // After a restart a learner repeats what it has not heard of, under its new attempt.
    offer(first.toBuilder().setAttempt(91).build());
    offer(contribution(1, 1, 5).toBuilder().setAttempt(92).build());

    assertThat(explored(newest())).isEqualTo(12);
    assertThat(harness.extractOutputValues().get(0).getMergeShardsList())
        .extracting(shard -> shard.getAttempt())
        .containsExactly(91L, 92L);
  }

  @Test
  void aLearnerThatMissedAMergedModelIsToldAgainUnderANewVersion() throws Exception {
    offer(contribution(0, 1, 7));
    offer(contribution(1, 1, 5));
    OperatorSubtaskState saved = harness.snapshot(1, 1);
    harness.close();
    harness = open(saved);

    offer(question(1, 1).toBuilder().setAttempt(92).build());

    assertThat(explored(newest())).isEqualTo(12);
    assertThat(newest().version()).isEqualTo(START + 1);
    assertThat(harness.extractOutputValues().get(0).getMergeShards(1).getAttempt()).isEqualTo(92);
  }

  @Test
  void whatCannotBeReadIsLeftOut() throws Exception {
    offer(contribution(0, 1, 7).toBuilder().setModel(ByteString.copyFromUtf8("none")).build());
    offer(contribution(2, 1, 7));
    offer(contribution(1, 1, 5));
    harness.setProcessingTime(START + MergeFunction.PATIENCE_MILLIS);

    assertThat(explored(newest())).isEqualTo(5);
  }

  @Test
  void aLaterBeginningIsPublishedAndNothingOfAnEarlierOneCounts() throws Exception {
    offer(contribution(0, 1, 7));
    offer(contribution(1, 1, 5));
    ByteString earlier = learned(9, 3);

    offer(question(0, 1).toBuilder().setGeneration(1).setBase(earlier).setBaseEvents(3).build());

    assertThat(newest().bytes()).isEqualTo(earlier);
    assertThat(newest().eventsLearned()).isEqualTo(3);
    offer(contribution(1, 2, 40));
    offer(contribution(1, 1, 40));
    harness.setProcessingTime(START + MergeFunction.PATIENCE_MILLIS);
    assertThat(newest().bytes()).isEqualTo(earlier);
  }

  /** It may have been fenced while it was down; its learners hear of that before the merge does. */
  @Test
  void afterARestartNothingIsPublishedUntilALearnerSaysWhatTheJobMay() throws Exception {
    offer(contribution(0, 1, 7));
    OperatorSubtaskState saved = harness.snapshot(1, 1);
    harness.close();
    harness = open(saved);
    harness.setProcessingTime(START + 10 * MergeFunction.PATIENCE_MILLIS);
    assertThat(harness.extractOutputValues()).isEmpty();

    offer(question(0, 1).toBuilder().setStanding(WriterStanding.WRITER_STANDING_FENCED).build());
    harness.setProcessingTime(START + 20 * MergeFunction.PATIENCE_MILLIS);

    assertThat(harness.extractOutputValues()).isEmpty();
    assertThat(harness.getSideOutput(MergeFunction.VERSIONS)).isNullOrEmpty();
  }

  /** The second has not heard yet that the job is in charge. */
  @Test
  void whatALearnerSaidBeforeItHeardOfTheChangeDoesNotUndoIt() throws Exception {
    offer(contribution(0, 1, 7));
    offer(standby(contribution(1, 1, 5)));
    offer(standby(question(1, 1)));

    assertThat(harness.extractOutputValues()).isNotEmpty().noneMatch(ModelSnapshot::getStandby);
  }

  /** The other has learned nothing since: its turn is not waited for, as in any round. */
  @Test
  void whatALearnerContributesInTheMomentOfTheChangeIsMergedInTime() throws Exception {
    offer(standby(contribution(0, 1, 7)));
    offer(standby(contribution(1, 1, 5)));
    offer(contribution(0, 2, 4));
    assertThat(newest().eventsLearned()).as("at once, what was merged before").isEqualTo(12);

    harness.setProcessingTime(START + MergeFunction.PATIENCE_MILLIS);

    assertThat(newest().eventsLearned()).isEqualTo(16);
  }

  private static ModelContribution standby(ModelContribution contribution) {
    return contribution.toBuilder().setStanding(WriterStanding.WRITER_STANDING_STANDBY).build();
  }

  @Test
  void theNewestVersionGoesToTheRegistryInTheEnd() throws Exception {
    offer(contribution(0, 1, 7));
    offer(contribution(1, 1, 5));
    assertThat(kept()).containsExactly(START);
    offer(question(1, 1));
    assertThat(newest().version()).isEqualTo(START + 1);
    harness.setProcessingTime(START + KEEP_EVERY.toMillis() - 1);
    assertThat(kept()).containsExactly(START);

    harness.setProcessingTime(START + KEEP_EVERY.toMillis());

    assertThat(kept()).containsExactly(START, START + 1);
  }

  private List<Long> kept() {
    return harness.getSideOutput(MergeFunction.VERSIONS).stream()
        .map(part -> part.getValue().getVersion())
        .toList();
  }

  private static long explored(ServableModel model) {
    return VowpalWabbitModel.parse(model.bytes().toByteArray()).counters().explored();
  }

  private ServableModel newest() {
    ModelAssembler assembler = ModelChanges.assembler();
    return harness.extractOutputValues().stream()
        .map(assembler::offer)
        .flatMap(Optional::stream)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private void offer(ModelContribution contribution) throws Exception {
    harness.processElement(new StreamRecord<>(contribution));
  }

  private ModelContribution contribution(int shard, long round, int examples) {
    return question(shard, round).toBuilder()
        .setModel(learned(shard + 1, examples))
        .setEvents(examples)
        .build();
  }

  private ModelContribution question(int shard, long round) {
    return ModelContribution.newBuilder()
        .setSurface("home")
        .setPolicy("learner")
        .setArguments(ARGUMENTS)
        .setShard(shard)
        .setLearners(2)
        .setAttempt(shard + 1)
        .setRound(round)
        .setBase(fresh)
        .build();
  }

  private static ByteString learned(long seed, int examples) {
    Random random = new Random(seed);
    Example example =
        new Example(
            List.of(),
            List.of(),
            List.of(
                Action.newBuilder().setId("a").build(), Action.newBuilder().setId("b").build()));
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      for (int i = 0; i < examples; i++) {
        learner.learn(example, random.nextInt(2), -random.nextInt(2), 0.5);
      }
      return ByteString.copyFrom(learner.modelBytes());
    } catch (RejectedExampleException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, ModelContribution, ModelSnapshot>
      open(@Nullable OperatorSubtaskState from) throws Exception {
    KeyedOneInputStreamOperatorTestHarness<String, ModelContribution, ModelSnapshot> harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new KeyedProcessOperator<>(new MergeFunction(KEEP_EVERY, 0)),
            contribution -> contribution.getSurface() + "/" + contribution.getPolicy(),
            Types.STRING);
    harness.setup(
        ProtoTypeInformation.forMessage(ModelSnapshot.class)
            .createSerializer(new SerializerConfigImpl()));
    harness.setProcessingTime(START);
    if (from != null) {
      harness.initializeState(from);
    }
    harness.open();
    return harness;
  }
}
