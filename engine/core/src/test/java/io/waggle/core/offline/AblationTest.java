package io.waggle.core.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.log.LoggedDecision;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AblationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theFeatureThatTellsIsFoundAndTheOneThatDoesNotIsNot(long seed) throws Exception {
    List<LoggedDecision> log = World.tastes(seed, 5_000, 0.9, 0.1);
    FeatureMask taste = new FeatureMask("user", "taste");
    FeatureMask absent = new FeatureMask("user", "absent");
    Candidate learner = World.learner("learner", "--cb_explore_adf --epsilon 0.1 -q ua");
    try (CandidateRun whole = run(learner);
        CandidateRun withoutTaste = run(learner.without(taste));
        CandidateRun withoutNothing = run(learner.without(absent))) {
      Ablation ablation =
          new Ablation(whole, List.of(withoutNothing, withoutTaste), World.SETTINGS.among(2));

      ProgressiveEvaluation.run(
          World.reader(log), List.of(whole, withoutTaste, withoutNothing), 2, ablation);

      List<Ablation.Loss> losses = ablation.losses();
      assertThat(losses).extracting(Ablation.Loss::mask).containsExactly(taste, absent);
      assertThat(losses.get(0).lost().lower()).isGreaterThan(0.1);
      assertThat(losses.get(0).count()).isEqualTo(5_000);
      // The same policy twice: the difference is nothing at all.
      assertThat(losses.get(1).lost().value()).isZero();
      assertThat(losses.get(1).lost().upper()).isLessThan(0.05);
      assertThat(losses.get(1).fixedTime().upper()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void theCensusCountsDecisionsByWhatTheyHave(int decisions) throws Exception {
    FeatureCensus census = FeatureCensus.of(World.reader(World.tastes(1, decisions, 0.5, 0.5)));

    assertThat(census.namespaces())
        .containsExactly(new FeatureCensus.Entry(new FeatureMask("user", null), decisions));
    assertThat(census.features())
        .extracting(entry -> entry.mask().name())
        .containsExactly("user.noise", "user.taste");
    assertThat(census.isIncomplete()).isFalse();
  }

  private static CandidateRun run(Candidate candidate) {
    return new CandidateRun(candidate, World.SETTINGS, List.of(), true);
  }
}
