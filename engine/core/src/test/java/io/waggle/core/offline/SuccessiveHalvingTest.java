package io.waggle.core.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.log.LoggedDecision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuccessiveHalvingTest {
  private static final List<Double> LOOKS = List.of(0.1, 0.2, 0.4, 0.6, 0.8);

  @Test
  void boundsHardlyEverDropTheTrulyBestAndDoDropTheBad() throws Exception {
    int runs = 200;
    int bestDropped = 0;
    int badDropped = 0;
    for (long seed = 0; seed < runs; seed++) {
      List<CandidateRun> ended = search(World.means(seed, 3_000, 0.5, 0.45, 0.3, 0.1), 1, 4);
      bestDropped += ended.get(0).hasEnded() ? 1 : 0;
      badDropped += ended.get(3).hasEnded() ? 1 : 0;
    }

    // Alpha is 5 %; the intervals are known to be wider than that asks for.
    assertThat(bestDropped).isLessThanOrEqualTo(runs / 20);
    assertThat(badDropped).isGreaterThan(runs * 9 / 10);
  }

  @Test
  void halvingKeepsTheBetterHalfAndSaysThatItProvesNothing() throws Exception {
    List<CandidateRun> ended = search(World.means(1, 3_000, 0.6, 0.5, 0.4, 0.3), 0.5, 4);

    assertThat(ended.get(0).hasEnded()).isFalse();
    assertThat(ended.stream().filter(CandidateRun::hasEnded)).hasSize(3);
    assertThat(ended.get(1).result().end()).contains("not proven worse");
  }

  @Test
  void thoseThatAreNotSearchedAreNeverEnded() throws Exception {
    List<CandidateRun> ended = search(World.means(1, 3_000, 0.9, 0.1), 0.5, 1);

    assertThat(ended.get(1).hasEnded()).isFalse();
  }

  @Test
  void looksThatDoNotRiseAreRefused() {
    assertThatThrownBy(() -> new SuccessiveHalving.Plan(List.of(0.5, 0.2), 1, Estimator.IPS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("looks: [0.5, 0.2]");
    assertThatThrownBy(() -> new SuccessiveHalving.Plan(List.of(0.5), 0, Estimator.IPS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keep: 0.0");
  }

  /** One candidate an action; the first so many may be ended. */
  private static List<CandidateRun> search(List<LoggedDecision> log, double keep, int searched)
      throws Exception {
    int actions = log.get(0).joined().getDecision().getActionsCount();
    List<CandidateRun> runs = new ArrayList<>();
    for (int i = 0; i < actions; i++) {
      runs.add(new CandidateRun(World.always(i), World.SETTINGS.among(actions), List.of(), false));
    }
    SuccessiveHalving halving =
        new SuccessiveHalving(
            runs.subList(0, searched),
            runs,
            new SuccessiveHalving.Plan(LOOKS, keep, Estimator.IPS));
    ProgressiveEvaluation.run(World.reader(log), runs, 1, halving);
    return runs;
  }
}
