package io.waggle.core.policy;

import static io.waggle.core.feature.Examples.plain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.feature.Example;
import io.waggle.v1.BaselinePolicy;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.TablePolicy;
import io.waggle.v1.TableRow;
import io.waggle.v1.UniformPolicy;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotPredictionsTest {
  private static final Example EXAMPLE = plain("a", "b", "c", "d");

  @Test
  void uniformIsUniformOverWhatIsLeft() {
    Policy uniform =
        policy(PolicyConfig.newBuilder().setUniform(UniformPolicy.getDefaultInstance()));

    assertThat(uniform.predictSlot(EXAMPLE, new int[] {}).probabilities())
        .containsExactly(0.25, 0.25, 0.25, 0.25);
    assertThat(uniform.predictSlot(EXAMPLE, new int[] {2, 0}).probabilities())
        .containsExactly(0, 0.5, 0, 0.5);
  }

  @Test
  void baselineFillsSlotsInTheAppsOrder() {
    Policy baseline =
        policy(PolicyConfig.newBuilder().setBaseline(BaselinePolicy.getDefaultInstance()));

    assertThat(baseline.predictSlot(EXAMPLE, new int[] {}).probabilities())
        .containsExactly(1, 0, 0, 0);
    assertThat(baseline.predictSlot(EXAMPLE, new int[] {0}).probabilities())
        .containsExactly(0, 1, 0, 0);
    // Another policy showed the second action first: the first is still the app's first choice.
    assertThat(baseline.predictSlot(EXAMPLE, new int[] {1}).probabilities())
        .containsExactly(1, 0, 0, 0);
    assertThat(baseline.predictSlot(EXAMPLE, new int[] {0, 1, 2}).order()).containsExactly(3);
  }

  @Test
  void aTablesProbabilitiesAreThoseGivenThatTheEarlierActionsAreGone() {
    Policy table =
        policy(
            PolicyConfig.newBuilder()
                .setTable(
                    TablePolicy.newBuilder()
                        .addRows(row("a", 0.5))
                        .addRows(row("b", 0.3))
                        .addRows(row("c", 0.2))));

    assertThat(table.predictSlot(EXAMPLE, new int[] {0}).probabilities())
        .containsExactly(new double[] {0, 0.6, 0.4, 0}, within(1e-12));
    assertThat(table.predictSlot(EXAMPLE, new int[] {0}).order()).containsExactly(1, 2, 3);
    // Nothing is left of the table: the rest in its order.
    assertThat(table.predictSlot(EXAMPLE, new int[] {0, 1, 2}).probabilities())
        .containsExactly(0, 0, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theFloorIsSharedByWhatIsLeft(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      double[] probabilities = random.doubles(2 + random.nextInt(6)).toArray();
      int taken = random.nextInt(probabilities.length);
      probabilities[taken] = 0;
      double sum = Arrays.stream(probabilities).sum();
      double[] floored = probabilities.clone();

      Exploration.applyFloor(floored, 0.2, new int[] {taken});

      assertThat(Arrays.stream(floored).sum()).isCloseTo(1, within(1e-12));
      for (int i = 0; i < floored.length; i++) {
        assertThat(floored[i])
            .isCloseTo(
                i == taken ? 0 : 0.8 * probabilities[i] / sum + 0.2 / (floored.length - 1),
                within(1e-12));
      }
    }
  }

  /** These are logged with decisions, so they must never change. */
  @Test
  void theFirstSlotIsDrawnAsASingleRankingAndTheOthersByTheNextNumbers() {
    long seed = Exploration.seed("front", "d1");
    long step = 0x9e3779b97f4a7c15L;

    assertThat(Exploration.slotSeed(seed, 0)).isEqualTo(seed);
    assertThat(Exploration.slotSeed(seed, 1)).isEqualTo(seed + step);
    assertThat(Exploration.slotSeed(seed, 3)).isEqualTo(seed + 3 * step);
  }

  private static TableRow row(String action, double probability) {
    return TableRow.newBuilder().setActionId(action).setProbability(probability).build();
  }

  private static Policy policy(PolicyConfig.Builder config) {
    return FixedPolicies.of(config.build()).orElseThrow();
  }
}
