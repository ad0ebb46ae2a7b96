package io.waggle.core.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.model.VowpalWabbitLearner;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelDeltaTest {
  private static final String ARGUMENTS = "--cb_explore_adf -q ca -b 18";

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void theBaseAndTheChangeGiveTheNewerVersionByteForByte(long seed) throws Exception {
    Random random = new Random(seed);
    String arguments = TrainedModels.randomArguments(random);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      TrainedModels.learn(learner, random, random.nextInt(100));
      byte[] first = learner.modelBytes();
      ModelDelta.Base base = new ModelDelta.Base(first);
      for (int i = 0; i < 4; i++) {
        TrainedModels.learn(learner, random, random.nextInt(30));
        byte[] newer = learner.modelBytes();

        assertThat(new ModelDelta.Base(first).apply(base.changeTo(newer)))
            .as(arguments)
            .isEqualTo(newer);
      }
    }
  }

  @Test
  void aFewChangedWeightsMakeASmallChange() throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(ARGUMENTS, null)) {
      TrainedModels.learn(learner, new Random(1), 2_000);
      byte[] base = learner.modelBytes();
      TrainedModels.learn(learner, new Random(2), 3);
      byte[] newer = learner.modelBytes();

      assertThat(new ModelDelta.Base(base).changeTo(newer))
          .hasSizeLessThan(newer.length / 3)
          .hasSizeGreaterThan(0);
    }
  }

  @Test
  void whatIsGoneOrNewIsToldToo() {
    VowpalWabbitModel golden = VowpalWabbitModel.parse(GoldenModel.bytes());
    byte[] base =
        with(
            golden,
            new WeightTable(new int[] {1, 5, 7}, new float[][] {{1, 1, 1}, {2, 2, 2}, {3, 3, 3}}));
    byte[] newer =
        with(
            golden,
            new WeightTable(
                new int[] {0, 5, 262143}, new float[][] {{1, 1, 1}, {2, 9, 2}, {3, 3, 3}}));

    assertThat(new ModelDelta.Base(base).apply(new ModelDelta.Base(base).changeTo(newer)))
        .isEqualTo(newer);
    assertThat(new ModelDelta.Base(newer).apply(new ModelDelta.Base(newer).changeTo(base)))
        .isEqualTo(base);
  }

  @Test
  void aChangeOfAnotherBaseIsRefused() throws Exception {
    byte[] base = TrainedModels.trained(ARGUMENTS, 1, 20);
    byte[] other = TrainedModels.trained(ARGUMENTS, 2, 20);
    byte[] change = new ModelDelta.Base(base).changeTo(other);

    assertThatThrownBy(() -> new ModelDelta.Base(other).apply(change))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("base_checksum at byte 1: ");
  }

  @Test
  void aModelOfAnotherOptimizerHasNoChange() throws Exception {
    byte[] base = TrainedModels.trained(ARGUMENTS, 1, 20);
    byte[] other = TrainedModels.trained(ARGUMENTS + " --adaptive", 1, 20);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelDelta.Base(base).changeTo(other))
        .withMessageStartingWith("columns: 2 (expected: 3");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void damagedChangesAreRefused(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] base = TrainedModels.trained(ARGUMENTS, seed, 30);
    ModelDelta.Base read = new ModelDelta.Base(base);
    byte[] change = read.changeTo(TrainedModels.trained(ARGUMENTS, seed, 35));
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = change.clone();
      if (random.nextInt(3) == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      } else {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      byte[] offered = damaged;
      assertThatThrownBy(() -> read.apply(offered)).isInstanceOf(ModelFormatException.class);
    }
  }

  private static byte[] with(VowpalWabbitModel model, WeightTable weights) {
    return new VowpalWabbitModel(model.header(), model.counters(), model.learner(), weights)
        .bytes();
  }
}
