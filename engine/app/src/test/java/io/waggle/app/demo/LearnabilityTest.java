package io.waggle.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import org.junit.jupiter.api.Test;

/** The front page's command lines learn its readers' tastes, in a {@link Rehearsal}. */
class LearnabilityTest {
  private static final int PAGES = 6_000;
  private static final Surface SURFACE = Surface.of(FrontPage.fast());

  @Test
  void aLearnerThatSeesSessionsGetsHalfWayToTheBestPossible() {
    assertThat(score(FrontPage.AWARE)).isGreaterThan(0.45);
  }

  @Test
  void aLearnerThatDoesNotStaysFarBehindIt() {
    assertThat(score(FrontPage.BLIND)).isBetween(0.02, 0.3);
  }

  /** Score of the last third: 0 is uniform, 1 the best possible. */
  private static double score(String policy) {
    String arguments = SURFACE.policy(policy).getVowpalWabbit().getArguments();
    return Rehearsal.run(arguments, 1, PAGES, false).score(2 / 3.0, 1);
  }
}
