package io.waggle.benchmarks.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.benchmarks.retrieval.Trial.Knowing;
import io.waggle.core.model.RejectedExampleException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrialTest {
  private static final int ITEMS = 300;
  private static final int[] TEN = {10};

  @Test
  void nothingIsLostWithPlacesForAllAndNeverLessWithMoreOfThem() throws RejectedExampleException {
    List<Trial.Loss> losses =
        new Trial(1, ITEMS, 300, "--interactions ui uii", false)
            .losses(new int[] {10, 50, ITEMS}, 10, Knowing.ALL);

    assertThat(losses.get(2)).isEqualTo(new Trial.Loss(1, 1, 1));
    assertThat(losses.get(0).bestTen()).isLessThanOrEqualTo(losses.get(1).bestTen());
    assertThat(losses.get(0).best()).isLessThanOrEqualTo(losses.get(1).best());
  }

  @Test
  void productsOfOneFeatureOfAnItemLoseNothing() throws RejectedExampleException {
    Trial trial = new Trial(2, ITEMS, 300, "-q ui", false);

    assertThat(trial.losses(TEN, 10, Knowing.ALL).get(0)).isEqualTo(new Trial.Loss(1, 1, 1));
    assertThat(trial.losses(TEN, 10, Knowing.OWN_WEIGHTS).get(0).bestTen()).isLessThan(1);
  }

  @Test
  void aDeclaredRateLosesNothingEitherUnlessItIsLeftOut() throws RejectedExampleException {
    Trial trial = new Trial(3, ITEMS, 2_000, "-q ui", true);

    assertThat(trial.losses(TEN, 10, Knowing.ALL).get(0)).isEqualTo(new Trial.Loss(1, 1, 1));
    assertThat(trial.losses(TEN, 10, Knowing.NOTHING_DECLARED).get(0).bestTen()).isLessThan(1);
  }
}
