package io.waggle.benchmarks.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The small run of what {@code waggle bench power} shows at length. */
class PowerRunTest {
  private static final double ALPHA = 0.05;

  @Test
  void candidatesHaveTheLiftThatTheyAreSaidToHave() {
    for (Overlap overlap : Overlap.values()) {
      PowerRun power = new PowerRun(overlap, 0.2, 10_000, 1e-9);

      List<PowerRun.Outcome> outcomes =
          power.run(new double[] {power.skill(0.05), power.skill(0.2)}, 1);

      assertThat(outcomes.get(0).lift()).isCloseTo(0.05, within(0.02));
      assertThat(outcomes.get(1).lift()).isCloseTo(0.2, within(0.03));
    }
  }

  @Test
  void largerLiftsAndMoreOverlapAreToldApartSooner() {
    PowerRun blends = new PowerRun(Overlap.BLENDS, 0.2, 30_000, ALPHA);
    double[] skills = {blends.skill(0.1), blends.skill(0.3)};

    List<PowerRun.Outcome> blended = blends.run(skills, 1);
    List<PowerRun.Outcome> favourites =
        new PowerRun(Overlap.FAVOURITES, 0.2, 30_000, ALPHA).run(skills, 1);

    assertThat(blended.get(1).toldAt()).isPositive().isLessThan(blended.get(0).toldAt());
    assertThat(blended.get(0).toldAt()).isLessThan(30_000);
    assertThat(
            favourites.get(0).toldAt() == 0 || favourites.get(0).toldAt() > blended.get(0).toldAt())
        .isTrue();
  }

  @Test
  void theLoggerIsNeverAboveItself() {
    PowerRun power = new PowerRun(Overlap.BLENDS, 0.2, 5_000, ALPHA);

    assertThat(power.run(new double[] {PowerRun.LOGGER_SKILL}, 1).get(0))
        .isEqualTo(new PowerRun.Outcome(0, 0));
  }
}
