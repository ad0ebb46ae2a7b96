package io.waggle.benchmarks.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The small run of what {@code benchmarks/run value} shows at length. */
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
  void theSameSeedIsTheSameRun() throws Exception {
    WorthRun run = new WorthRun(Comparison.SESSIONS, 300, 0.05);

    assertThat(run.run(2, view -> {}).with().parts())
        .isEqualTo(run.run(2, view -> {}).with().parts());
  }
}
