package io.waggle.app.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.app.rebuild.RebuildReport.Outcome;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.FeatureSet;
import io.waggle.core.model.Learner;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.history.PastExamples.Cursor;
import io.waggle.state.model.ModelParts;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.ExampleRange;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelCause;
import io.waggle.v1.ModelLineage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildTest {
  private static final String ARGUMENTS = "--cb_explore_adf --epsilon 0.2 -b 10";
  private static final ModelName MIDDLE = new ModelName("front", "learner", 1_000);
  private static final ModelName LAST = new ModelName("front", "learner", 2_000);

  @TempDir Path directory;
  private ModelRegistry registry;
  private final List<LearnedExample> log = new ArrayList<>();

  /**
   * The first attempt learned 50 and crashed, the checkpoint knew 40; the second went on to 100.
   */
  @BeforeEach
  void learn() throws Exception {
    registry = ModelRegistry.in(directory);
    for (int sequence = 1; sequence <= 50; sequence++) {
      log.add(example(1, sequence, sequence));
    }
    for (int sequence = 41; sequence <= 100; sequence++) {
      log.add(example(2, sequence, 1_000 + sequence));
      log.add(example(2, sequence, 1_000 + sequence));
    }
    keep(60, lineage(MIDDLE, range(1, 1, 40), range(2, 41, 60)));
    keep(100, lineage(LAST, range(1, 1, 40), range(2, 41, 100)));
  }

  @Test
  void theSameExamplesGiveTheSameBytes() throws Exception {
    RebuildReport report = rebuild(LAST);

    assertThat(report.outcome()).as(report.lines().toString()).isEqualTo(Outcome.EQUAL);
    assertThat(report.lines().get(0))
        .isEqualTo("100 examples learned again, beginning with nothing");
    assertThat(rebuild(MIDDLE).outcome()).isEqualTo(Outcome.EQUAL);
  }

  @Test
  void whatRetentionTookIsBridgedByAKeptVersion() throws Exception {
    log.subList(0, 45).clear();

    RebuildReport report = rebuild(LAST);

    assertThat(report.outcome()).as(report.lines().toString()).isEqualTo(Outcome.EQUAL);
    assertThat(report.lines().get(0))
        .isEqualTo("40 examples learned again, beginning with " + MIDDLE);
  }

  @Test
  void whatIsMissingIsNamed() throws Exception {
    log.removeIf(
        example ->
            example.getSequence() <= 7
                || (example.getSequence() >= 70 && example.getSequence() < 72));

    RebuildReport report = rebuild(LAST);

    assertThat(report.outcome()).isEqualTo(Outcome.MISSING);
    assertThat(report.lines())
        .containsExactly(
            "9 of 100 examples are not in topic examples (any more):",
            "  attempt 1, 1 to 7",
            "  attempt 2, 70 to 71",
            "no kept version that knows what is missing leads to it");
  }

  @Test
  void otherBytesAreSaidToDiffer() throws Exception {
    ModelName other = new ModelName("front", "learner", 3_000);
    keep(99, lineage(other, range(1, 1, 40), range(2, 41, 100)));

    RebuildReport report = rebuild(other);

    assertThat(report.outcome()).isEqualTo(Outcome.DIFFERENT);
    assertThat(report.lines().get(report.lines().size() - 1)).contains("differ, the first at");
  }

  @Test
  void aRolledBackVersionIsItsBase() throws Exception {
    ModelName again = new ModelName("front", "learner", 3_000);
    keep(
        60,
        lineage(again).toBuilder()
            .setBaseVersion(MIDDLE.version())
            .setCause(ModelCause.MODEL_CAUSE_ROLLED_BACK)
            .build());

    assertThat(rebuild(again).outcome()).isEqualTo(Outcome.EQUAL);

    registry.delete(MIDDLE);
    assertThat(rebuild(again).lines()).contains("its base, version 1000, is not in the registry");
  }

  @Test
  void whatCannotBeRebuiltIsSaid() throws Exception {
    ModelName name = new ModelName("front", "learner", 3_000);
    ModelName elsewhere = new ModelName("nowhere", "learner", 1);
    keep(
        10,
        lineage(name, range(1, 1, 10)).toBuilder()
            .setFeatureSet(FeatureSet.VERSION + 1)
            .setCause(ModelCause.MODEL_CAUSE_MERGED)
            .setExamplesLeftOut(true)
            .build());
    keep(10, lineage(elsewhere, range(1, 1, 10)));

    assertThat(rebuild(name).outcome()).isEqualTo(Outcome.MISSING);
    assertThat(rebuild(name).lines())
        .containsExactly(
            "feature set %d: this program writes examples in feature set %d"
                .formatted(FeatureSet.VERSION + 1, FeatureSet.VERSION),
            "merged: several learners' weights, one learner cannot make them again",
            "examples: the lineage leaves out the oldest, its list was full");
    assertThat(rebuild(elsewhere).lines()).containsExactly("surface: no file of surface nowhere");
    assertThat(rebuild(new ModelName("front", "learner", 9)).lines())
        .containsExactly("front/learner@9: not in the registry");
  }

  private RebuildReport rebuild(ModelName name) throws Exception {
    Surface surface =
        Surface.of(
            SurfaceFiles.parse(
                """
                name: front
                livePolicy: uniform
                policies:
                  - name: uniform
                    uniform: {}
                reward: {}
                """));
    return new Rebuild(
            registry,
            (surfaceName, shard, sinceMillis) -> new ListCursor(log),
            new Surfaces(List.of(surface)),
            Learners::open,
            (learned, total) -> {})
        .run(name);
  }

  /** Keeps what a learner knows after the first so many of the examples that stand. */
  private void keep(int examples, ModelLineage lineage) throws Exception {
    try (Learner learner = Learners.open(ARGUMENTS, null, 1e-4)) {
      for (int sequence = 1; sequence <= examples; sequence++) {
        JoinedDecision joined =
            example(1, sequence, sequence <= 40 ? sequence : 1_000 + sequence).getJoined();
        var unused =
            learner.learn(
                Example.of(joined),
                joined.getDecision().getOrder(0),
                -joined.getReward(),
                joined.getDecision().getPropensity());
      }
      ByteString bytes = ByteString.copyFrom(learner.modelBytes());
      registry.put(
          lineage.toBuilder()
              .setChecksum(ModelParts.checksum(bytes))
              .setModelBytes(bytes.size())
              .build(),
          bytes);
    }
  }

  private static ModelLineage lineage(ModelName name, ExampleRange... ranges) {
    return ModelLineage.newBuilder()
        .setSurface(name.surface())
        .setPolicy(name.policy())
        .setVersion(name.version())
        .setArguments(ARGUMENTS)
        .setFeatureSet(FeatureSet.VERSION)
        .addAllExamples(List.of(ranges))
        .build();
  }

  private static ExampleRange range(long epoch, long first, long last) {
    return ExampleRange.newBuilder()
        .setEpoch(epoch)
        .setFirstSequence(first)
        .setLastSequence(last)
        .build();
  }

  private static LearnedExample example(long epoch, long sequence, long seed) {
    Random random = new Random(seed);
    Decision.Builder decision =
        Decision.newBuilder()
            .setSurface("front")
            .setDecisionId("d" + seed)
            .setEventTimeMillis(1_000)
            .addOrder(random.nextInt(3))
            .setPropensity(0.5);
    for (String action : List.of("a", "b", "c")) {
      decision.addActions(Action.newBuilder().setId(action));
    }
    return LearnedExample.newBuilder()
        .setSurface("front")
        .setEpoch(epoch)
        .setSequence(sequence)
        .setJoined(JoinedDecision.newBuilder().setDecision(decision).setReward(random.nextInt(2)))
        .build();
  }

  /** Hands out a few records at a time. */
  private static final class ListCursor implements Cursor {
    private final List<LearnedExample> log;
    private int at;

    ListCursor(List<LearnedExample> log) {
      this.log = List.copyOf(log);
    }

    @Override
    public List<LearnedExample> next() {
      int from = at;
      at = Math.min(log.size(), at + 7);
      return log.subList(from, at);
    }

    @Override
    public boolean atEnd() {
      return at == log.size();
    }

    @Override
    public boolean exhausted() {
      return atEnd();
    }

    @Override
    public void rewind() {
      at = 0;
    }

    @Override
    public void close() {}
  }
}
