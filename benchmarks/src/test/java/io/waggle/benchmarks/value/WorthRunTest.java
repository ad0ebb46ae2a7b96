package io.waggle.benchmarks.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The small run of what {@code waggle bench value} shows at length. */
class WorthRunTest {
  @Test
  void sessionFeaturesAreWorthSomethingOnTheDemosReadersAndTheBoundsSaySo() throws Exception {
    WorthRun.Outcome outcome = new WorthRun(Comparison.SESSIONS, 4_000, 0.05).run(1, view -> {});

    assertThat(outcome.toldAt()).isPositive().isLessThan(4_000);
    assertThat(outcome.wrongAt()).isZero();
    for (WorthRun.Side side : new WorthRun.Side[] {outcome.with(), outcome.without()}) {
      assertThat(side.interval().getLower()).isLessThan(side.clicks());
      assertThat(side.interval().getUpper()).isGreaterThan(side.clicks());
      assertThat(side.clicks()).isBetween(outcome.uniform(), outcome.best());
    }
  }

  @Test
  void theSignalIsFoundAndChangesWhatIsShown() throws Exception {
    WorthRun.Outcome outcome = new WorthRun(Comparison.SIGNALS, 400, 0.05).run(1, view -> {});

    assertThat(outcome.wrongAt()).isZero();
    assertThat(outcome.with().parts()).isNotEqualTo(outcome.without().parts());
  }

  @Test
  void theDifferenceIsThatOfAllRunsTogether() throws Exception {
    WorthRun run = new WorthRun(Comparison.SESSIONS, 300, 0.05);
    double sum = 0;
    for (long seed : new long[] {1, 2}) {
      WorthRun.Outcome outcome = run.run(seed, view -> {});
      sum += mean(outcome.with().parts()) - mean(outcome.without().parts());
    }

    assertThat(run.difference().getCount()).isEqualTo(600);
    // Parts have 7 or 8 views each.
    assertThat(run.difference().getIps()).isCloseTo(sum / 2, within(0.01));
    assertThat(run.difference().getInterval().getLower()).isLessThan(run.difference().getIps());
    assertThat(run.difference().getInterval().getUpper()).isGreaterThan(run.difference().getIps());
  }

  private static double mean(double[] parts) {
    return Arrays.stream(parts).average().orElseThrow();
  }

  @Test
  void theSameSeedIsTheSameRun() throws Exception {
    WorthRun run = new WorthRun(Comparison.SESSIONS, 300, 0.05);

    assertThat(run.run(2, view -> {}).with().parts())
        .isEqualTo(run.run(2, view -> {}).with().parts());
  }
}
