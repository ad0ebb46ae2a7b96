package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.FeatureSet;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.ExampleRange;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.SessionAspect;
import io.waggle.v1.SessionFeature;
import io.waggle.v1.SourcePosition;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each published version says of where it comes from. */
final class LineageTest {
  private final Surfaces surfaces =
      new Surfaces(
          List.of(
              Surface.of(
                  TestSurfaces.config("home", TestSurfaces.ARGUMENTS).toBuilder()
                      .addFeatures(length("length", 2))
                      .addFeatures(length("secret", 1).setSensitive(true))
                      .build())));
  private LearnSubtask learn;

  private static FeatureConfig.Builder length(String name, int version) {
    return FeatureConfig.newBuilder()
        .setName(name)
        .setVersion(version)
        .setSession(SessionFeature.newBuilder().setAspect(SessionAspect.SESSION_ASPECT_LENGTH));
  }

  @BeforeEach
  void start() throws Exception {
    learn = new LearnSubtask(surfaces, CountingLearner::open);
  }

  @AfterEach
  void stop() throws Exception {
    learn.close();
  }

  @Test
  void aVersionSaysWhatItIsAndWhatItLearned() throws Exception {
    learn.feed(at("d1", 5_000, 0, 40));
    learn.feed(at("d2", 3_000, 1, 7));
    learn.feed(at("d3", 4_000, 0, 41));
    learn.clock(60_000);

    ModelSnapshot part = newest();
    ModelLineage lineage = part.getLineage();
    assertThat(lineage.getSurface()).isEqualTo("home");
    assertThat(lineage.getPolicy()).isEqualTo("learner");
    assertThat(lineage.getVersion()).isEqualTo(part.getVersion());
    assertThat(lineage.getArguments()).isEqualTo(TestSurfaces.ARGUMENTS);
    assertThat(lineage.getFeatureSet()).isEqualTo(FeatureSet.VERSION);
    assertThat(lineage.getChecksum()).isEqualTo(ModelParts.checksum(part.getData()));
    assertThat(lineage.getModelBytes()).isEqualTo(part.getData().size());
    assertThat(lineage.getEventsLearned()).isEqualTo(3);
    assertThat(lineage.getCreatedMillis()).isEqualTo(LearnSubtask.START + 60_000);
    assertThat(lineage.getFirstDecisionMillis()).isEqualTo(3_000);
    assertThat(lineage.getLastDecisionMillis()).isEqualTo(5_000);
    assertThat(lineage.getBaseVersion()).isZero();
    assertThat(lineage.getPositionsList()).containsExactly(position(0, 41), position(1, 7));
    assertThat(ranges(lineage)).containsExactly(List.of(1L, 3L));
    assertThat(lineage.getFeaturesList()).containsExactly("length@2");
    // The first is predicted with probability 0 (the learner knows nothing), the others with 1;
    // each has reward 1 and propensity 0.5.
    assertThat(lineage.getProgressiveLoss()).isCloseTo(-2 / 0.5 / 3, within(1e-12));
  }

  @Test
  void theNextVersionNamesTheOneBefore() throws Exception {
    learn.feed(at("d1", 5_000, 0, 1));
    learn.clock(60_000);
    long first = newest().getVersion();
    learn.feed(at("d2", 5_000, 0, 2));
    learn.clock(120_000);

    assertThat(newest().getLineage().getParentVersion()).isEqualTo(first);
    assertThat(ranges(newest().getLineage())).containsExactly(List.of(1L, 2L));
  }

  @Test
  void anAttemptIsARangeOfItsOwn() throws Exception {
    learn.feed(at("d1", 5_000, 0, 1));
    learn.feed(at("d2", 5_000, 0, 2));
    learn = learn.restarted();
    learn.feed(at("d3", 6_000, 0, 3));
    learn.clock(60_000);

    ModelLineage lineage = newest().getLineage();
    assertThat(ranges(lineage)).containsExactly(List.of(1L, 2L), List.of(3L, 3L));
    assertThat(lineage.getExamples(1).getEpoch()).isGreaterThan(lineage.getExamples(0).getEpoch());
    assertThat(lineage.getEventsLearned()).isEqualTo(3);
    assertThat(lineage.getPositionsList()).containsExactly(position(0, 3));
  }

  @Test
  void onlyFullVersionsGoToTheRegistryAndAtMostOneInTenSeconds() throws Exception {
    for (int i = 1; i <= 40; i++) {
      learn.feed(at("d" + i, 5_000, 0, i));
      learn.clock(i * 1_000L);
    }

    assertThat(learn.models()).hasSizeGreaterThan(30);
    assertThat(learn.versions()).hasSizeBetween(4, 5);
    assertThat(learn.models())
        .extracting(part -> part.toBuilder().clearWriter().build())
        .containsAll(learn.versions());
  }

  @Test
  void rangesAndPartitionsAreBounded() {
    Provenance provenance = new Provenance(ModelLineage.getDefaultInstance());
    for (int i = 1; i <= Provenance.RANGES; i++) {
      provenance.given(example(i, 2L * i, 0));
    }
    assertThat(provenance.lineage().getExamplesLeftOut()).isFalse();
    for (int partition = 0; partition < Provenance.POSITIONS + 9; partition++) {
      provenance.given(example(1, 2L * Provenance.RANGES + 2 + partition, partition));
    }

    ModelLineage lineage = provenance.lineage().build();
    assertThat(lineage.getExamplesCount()).isEqualTo(Provenance.RANGES);
    assertThat(lineage.getExamplesLeftOut()).isTrue();
    assertThat(lineage.getPositionsCount()).isEqualTo(Provenance.POSITIONS);
    assertThat(new Provenance(lineage).lineage().build()).isEqualTo(lineage);
  }

  private ModelSnapshot newest() {
    return learn.models().get(learn.models().size() - 1);
  }

  private static List<List<Long>> ranges(ModelLineage lineage) {
    return lineage.getExamplesList().stream().map(LineageTest::range).toList();
  }

  private static List<Long> range(ExampleRange range) {
    return List.of(range.getFirstSequence(), range.getLastSequence());
  }

  private static LearnedExample example(long epoch, long sequence, int partition) {
    return LearnedExample.newBuilder()
        .setEpoch(epoch)
        .setSequence(sequence)
        .setJoined(at("d", 1, partition, 5))
        .build();
  }

  private static JoinedDecision at(String id, long timeMillis, int partition, long offset) {
    JoinedDecision.Builder joined = joined("home", id, 1, 1).toBuilder();
    joined
        .getDecisionBuilder()
        .setEventTimeMillis(timeMillis)
        .setPosition(position(partition, offset));
    return joined.build();
  }

  private static SourcePosition position(int partition, long offset) {
    return SourcePosition.newBuilder()
        .setTopic("decisions")
        .setPartition(partition)
        .setOffset(offset)
        .build();
  }
}
