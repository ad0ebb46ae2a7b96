package io.waggle.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.codec.ModelMerge.Contribution;
import io.waggle.core.model.VowpalWabbitLearner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelMergeTest {
  private static final String ARGUMENTS = "--cb_explore_adf --squarecb -q ca -b 12";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void theOrderOfTheContributionsChangesNoBit(long seed) throws Exception {
    Random random = new Random(seed);
    String arguments = TrainedModels.randomArguments(random);
    byte[] base = TrainedModels.trained(arguments, seed, 50);
    List<Contribution> contributions = new ArrayList<>();
    for (int shard = 0; shard < 4; shard++) {
      contributions.add(
          new Contribution(shard, goneOn(arguments, base, seed + shard, 10 + random.nextInt(40))));
    }
    byte[] merged = ModelMerge.merge(VowpalWabbitModel.parse(base), contributions).bytes();
    for (int i = 0; i < 5; i++) {
      Collections.shuffle(contributions, random);
      assertThat(ModelMerge.merge(VowpalWabbitModel.parse(base), contributions).bytes())
          .as(arguments)
          .isEqualTo(merged);
    }
    // What was merged is a model that VW loads and that learns on.
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, merged)) {
      TrainedModels.learn(learner, random, 20);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void oneContributionIsTheResultAndThoseWithoutProgressChangeNothing(long seed) throws Exception {
    String arguments = TrainedModels.randomArguments(new Random(seed));
    byte[] bytes = TrainedModels.trained(arguments, seed, 50);
    VowpalWabbitModel base = VowpalWabbitModel.parse(bytes);
    VowpalWabbitModel progress = goneOn(arguments, bytes, seed, 30);

    assertThat(ModelMerge.merge(base, List.of(new Contribution(1, progress))).bytes())
        .isEqualTo(progress.bytes());
    assertThat(
            ModelMerge.merge(base, List.of(new Contribution(0, base), new Contribution(1, base)))
                .bytes())
        .isEqualTo(bytes);
    VowpalWabbitModel beside =
        ModelMerge.merge(base, List.of(new Contribution(0, progress), new Contribution(1, base)));
    assertThat(beside.bytes()).isEqualTo(progress.bytes());
  }

  @Test
  void eachLearnersExamplesCountOnce() throws Exception {
    byte[] bytes = TrainedModels.trained(ARGUMENTS, 1, 100);
    VowpalWabbitModel base = VowpalWabbitModel.parse(bytes);
    int[] learned = {40, 7, 0, 123};
    List<Contribution> contributions = new ArrayList<>();
    for (int shard = 0; shard < learned.length; shard++) {
      contributions.add(
          new Contribution(shard, goneOn(ARGUMENTS, bytes, 10 + shard, learned[shard])));
    }

    VowpalWabbitModel merged = ModelMerge.merge(base, contributions);

    int all = 100 + Arrays.stream(learned).sum();
    assertThat(merged.counters().explored()).isEqualTo(all);
    assertThat(merged.counters().events()).isEqualTo(all);
    assertThat(Objects.requireNonNull(merged.learner()).t()).isEqualTo(all);
    assertThat(Objects.requireNonNull(merged.learner()).weightedLabeled())
        .isCloseTo(sumOfIncrements(base, contributions), within(1e-6));
    for (int row = 0; row < merged.weights().size(); row++) {
      int index = merged.weights().index(row);
      double sum = adaptive(base, index);
      for (Contribution each : contributions) {
        sum += adaptive(each.model(), index) - adaptive(base, index);
      }
      assertThat((double) merged.weights().value(row, 1)).isCloseTo(sum, within(sum * 1e-6));
    }
  }

  private static double sumOfIncrements(VowpalWabbitModel base, List<Contribution> contributions) {
    double start = Objects.requireNonNull(base.learner()).weightedLabeled();
    return start
        + contributions.stream()
            .mapToDouble(
                each -> Objects.requireNonNull(each.model().learner()).weightedLabeled() - start)
            .sum();
  }

  private static double adaptive(VowpalWabbitModel model, int index) {
    int row = model.weights().row(index);
    return row < 0 ? 0 : model.weights().value(row, 1);
  }

  @Test
  void aWeightThatSeveralMovedGoesTheAverageOfTheirStepsByWhatEachSaw() {
    VowpalWabbitModel base = with(new int[] {5, 9}, new float[][] {{1, 1}, {4, 4}, {1, 1}});
    VowpalWabbitModel one = with(new int[] {5, 9}, new float[][] {{2, 1}, {5, 4}, {1, 1}});
    VowpalWabbitModel other = with(new int[] {5, 9}, new float[][] {{-1, 3}, {7, 6}, {2, 1}});

    WeightTable merged =
        ModelMerge.merge(base, List.of(new Contribution(0, one), new Contribution(1, other)))
            .weights();

    // Steps 1 and -2; the sums grew by 1 and 3.
    assertThat(merged.value(0, 0)).isEqualTo(1 + (1 * 1f + 3 * -2f) / 4);
    assertThat(merged.value(0, 1)).isEqualTo(8);
    assertThat(merged.value(0, 2)).isEqualTo(2);
    // The second weight was moved by one alone.
    assertThat(merged.value(1, 0)).isEqualTo(3);
    assertThat(merged.value(1, 1)).isEqualTo(6);
  }

  /** Learners go on between contributing and hearing of the merge, each at its own pace. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void overManyRoundsNoExampleIsLostAndNoneCountsTwice(long seed) throws Exception {
    Random random = new Random(seed);
    int shards = 2 + random.nextInt(3);
    long learned = 0;
    VowpalWabbitModel base = VowpalWabbitModel.parse(TrainedModels.trained(ARGUMENTS, seed, 0));
    List<VowpalWabbitModel> own = new ArrayList<>(Collections.nCopies(shards, base));
    for (int round = 0; round < 8; round++) {
      List<Contribution> contributions = new ArrayList<>();
      for (int shard = 0; shard < shards; shard++) {
        int events = random.nextInt(30);
        learned += events;
        own.set(shard, goneOn(ARGUMENTS, own.get(shard).bytes(), random.nextLong(), events));
        contributions.add(new Contribution(shard, own.get(shard)));
      }
      VowpalWabbitModel merged = ModelMerge.merge(base, contributions);
      assertThat(merged.counters().explored()).isEqualTo(learned);
      for (int shard = 0; shard < shards; shard++) {
        int events = round == 7 ? 0 : random.nextInt(20);
        learned += events;
        VowpalWabbitModel now =
            goneOn(ARGUMENTS, own.get(shard).bytes(), random.nextLong(), events);
        own.set(shard, ModelMerge.rebase(merged, own.get(shard), now));
      }
      base = merged;
    }

    assertThat(base.counters().explored()).isEqualTo(learned);
    assertThat(Objects.requireNonNull(base.learner()).t()).isEqualTo((double) learned);
    for (VowpalWabbitModel each : own) {
      assertThat(each.bytes()).isEqualTo(base.bytes());
    }
  }

  @Test
  void aLearnerThatHasNotGoneOnBecomesTheMergedModel() throws Exception {
    byte[] bytes = TrainedModels.trained(ARGUMENTS, 1, 50);
    VowpalWabbitModel contributed = goneOn(ARGUMENTS, bytes, 2, 20);
    VowpalWabbitModel merged =
        ModelMerge.merge(
            VowpalWabbitModel.parse(bytes),
            List.of(
                new Contribution(0, contributed),
                new Contribution(1, goneOn(ARGUMENTS, bytes, 3, 90))));

    assertThat(ModelMerge.rebase(merged, contributed, contributed).bytes())
        .isEqualTo(merged.bytes());
    VowpalWabbitModel now = goneOn(ARGUMENTS, contributed.bytes(), 4, 5);
    assertThat(ModelMerge.rebase(contributed, contributed, now).bytes()).isEqualTo(now.bytes());
  }

  @Test
  void modelsOfOtherLearnersAndRepeatedShardsAreRefused() throws Exception {
    VowpalWabbitModel base = VowpalWabbitModel.parse(TrainedModels.trained(ARGUMENTS, 1, 5));
    refused(base, "--cb_explore_adf --squarecb -q ca -b 13", "model: bits 13");
    refused(base, "--cb_explore_adf --squarecb -b 12", "model: options");
    refused(base, "--cb_explore_adf --squarecb -q ca -b 12 --id x", "model: id x");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ModelMerge.merge(
                    base, List.of(new Contribution(3, base), new Contribution(3, base))))
        .withMessage("shard: 3 twice (expected: once)");
  }

  private static void refused(VowpalWabbitModel base, String arguments, String message)
      throws Exception {
    VowpalWabbitModel other = VowpalWabbitModel.parse(TrainedModels.trained(arguments, 1, 5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelMerge.merge(base, List.of(new Contribution(0, other))))
        .withMessageStartingWith(message);
  }

  private static VowpalWabbitModel goneOn(String arguments, byte[] bytes, long seed, int events)
      throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, bytes)) {
      TrainedModels.learn(learner, new Random(seed), events);
      return VowpalWabbitModel.parse(learner.modelBytes());
    }
  }

  private static VowpalWabbitModel with(int[] indices, float[][] columns) {
    VowpalWabbitModel golden = VowpalWabbitModel.parse(GoldenModel.bytes());
    return new VowpalWabbitModel(
        golden.header(), golden.counters(), golden.learner(), new WeightTable(indices, columns));
  }
}
