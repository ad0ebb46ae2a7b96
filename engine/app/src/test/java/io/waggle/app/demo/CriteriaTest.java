package io.waggle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.report.MetricsPage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CriteriaTest {
  private static final int SECONDS = 40;

  @Test
  void aPolicyThatLearnsAndRecoversPasses() {
    Tally tally = new Tally(SECONDS, 0.05);
    live(tally, FrontPage.AWARE, 0.4, 0.15, 0.4);
    live(tally, FrontPage.BLIND, 0.15, 0.15, 0.15);

    assertThat(LearningCriteria.judge(tally, SECONDS)).allMatch(Criterion::passed);
  }

  @Test
  void onlyRecoveryFailsWhenTheLastQuarterStaysLow() {
    Tally tally = new Tally(SECONDS, 0.05);
    live(tally, FrontPage.AWARE, 0.4, 0.15, 0.15);
    live(tally, FrontPage.BLIND, 0.12, 0.12, 0.12);

    List<Criterion> failed =
        LearningCriteria.judge(tally, SECONDS).stream().filter(c -> !c.passed()).toList();

    assertThat(failed).extracting(Criterion::name).containsExactly("recovers after the shift");
    assertThat(failed.get(0).line()).startsWith("FAIL");
  }

  @Test
  void aPolicyAsGoodAsUniformDoesNotBeatIt() {
    Tally tally = new Tally(SECONDS, 0.05);
    live(tally, FrontPage.AWARE, 0.1, 0.1, 0.1);
    live(tally, FrontPage.BLIND, 0.1, 0.1, 0.1);

    assertThat(LearningCriteria.judge(tally, SECONDS))
        .filteredOn(Criterion::passed)
        .extracting(Criterion::name)
        .doesNotContain("live policy beats uniform", "session-aware beats session-blind");
  }

  @Test
  void booksThatDoNotBalanceAreNamed() {
    Tally.Totals sent = new Tally.Totals(2, 3, 1, 0);
    MetricsPage service =
        MetricsPage.parse(
            """
            waggle_rank_requests_total{outcome="ok"} 2.0
            waggle_decisions_logged_total 2.0
            waggle_feedback_total{kind="reward",outcome="accepted"} 1.0
            """);
    String jobs =
        """
        flink_operator_surface_decisions_received{surface="s"} 2.0
        flink_operator_surface_decisions_learned{surface="s"} 2.0
        flink_operator_surface_rewards_received{surface="s"} 1.0
        flink_operator_surface_rewards_learned{surface="s"} 1.0
        flink_operator_surface_interactions_received{surface="s"} 3.0
        flink_operator_surface_interactions_folded{surface="s"} 3.0
        flink_operator_surface_learner_decisions_learned{surface="s"} 2.0
        """;

    assertThat(Books.balance(sent, service, MetricsPage.parse(jobs), 0))
        .allMatch(Criterion::passed);
    assertThat(
            Books.balance(
                sent,
                service,
                MetricsPage.parse(
                    jobs.replace("folded{surface=\"s\"} 3", "folded{surface=\"s\"} 2")),
                1))
        .filteredOn(criterion -> !criterion.passed())
        .extracting(Criterion::name)
        .containsExactly(
            "interactions = folded + duplicate + late", "nothing went to dead letters");
  }

  /** 250 decisions a second with these click rates before, just after and long after the shift. */
  private static void live(Tally tally, String arm, double before, double shifted, double after) {
    Random random = new Random(arm.hashCode());
    for (int second = 0; second < SECONDS; second++) {
      double rate = second < SECONDS / 2 ? before : second < 3 * SECONDS / 4 ? shifted : after;
      for (int i = 0; i < 250; i++) {
        tally.decided(arm, second, random.nextDouble() < rate, 0.1, 0.6, 1_000);
      }
    }
  }
}
