package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.PolicyState;
import io.waggle.v1.SurfaceConfig;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The learner restored from a savepoint with other policies in the surface's file. */
final class PolicySetSavepointTest {
  private static final String OTHER = TestSurfaces.ARGUMENTS + " --power_t 0";
  private static final int DECISIONS = 20;

  private final SurfaceConfig file = TestSurfaces.config("home", TestSurfaces.ARGUMENTS);
  private LearnSubtask learn;
  private List<PolicyState> saved;
  private int decisions;

  @BeforeEach
  void learnSomething() throws Exception {
    learn = new LearnSubtask(surfaces(file), VowpalWabbitLearner::open);
    feed(DECISIONS);
    saved = learn.policyStates();
    assertThat(saved)
        .extracting(PolicyState::getPolicy)
        .containsExactly("learner", "uniform", "baseline");
  }

  @AfterEach
  void stop() throws Exception {
    learn.close();
  }

  @Test
  void unchangedPoliciesGoOnWithTheirWeightsAndEvaluations() throws Exception {
    restore(file);

    assertThat(learn.policyStates()).isEqualTo(saved);
  }

  @Test
  void addedPolicyBeginsWithNothingAndTheOthersNoticeNothing() throws Exception {
    PolicyConfig.Builder candidate = file.getPolicies(0).toBuilder().setName("candidate");
    candidate.getVowpalWabbitBuilder().setArguments(OTHER);
    restore(file.toBuilder().addPolicies(candidate).build());

    assertThat(learn.policyStates()).hasSize(4).containsAll(saved);
    assertThat(state("candidate").getEventsLearned()).isZero();
    feed(1);
    assertThat(state("candidate").getEventsLearned()).isEqualTo(1);
    assertThat(state("learner").getEventsLearned()).isEqualTo(DECISIONS + 1);
  }

  @Test
  void removedPolicysStateGoesAndTheOthersNoticeNothing() throws Exception {
    restore(file.toBuilder().removePolicies(0).setLivePolicy("uniform").build());
    feed(1);

    assertThat(learn.policyStates())
        .extracting(PolicyState::getPolicy)
        .containsExactly("uniform", "baseline");
    learn.clock(60_000);
    assertThat(learn.evaluation("uniform").getCount()).isEqualTo(DECISIONS + 1);
  }

  @Test
  void otherCommandLineBeginsAnewWithItsEvaluation() throws Exception {
    SurfaceConfig.Builder changed = file.toBuilder();
    changed.getPoliciesBuilder(0).getVowpalWabbitBuilder().setArguments(OTHER);
    restore(changed.build());
    feed(1);
    learn.clock(60_000);

    assertThat(state("learner").getEventsLearned()).isEqualTo(1);
    assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
    assertThat(learn.evaluation("uniform").getCount()).isEqualTo(DECISIONS + 1);
  }

  @Test
  void renamedPolicyIsAnother() throws Exception {
    SurfaceConfig.Builder renamed = file.toBuilder().setLivePolicy("pupil");
    renamed.getPoliciesBuilder(0).setName("pupil");
    restore(renamed.build());
    feed(1);

    assertThat(state("pupil").getEventsLearned()).isEqualTo(1);
  }

  @Test
  void otherLivePolicyChangesNothingOfWhatIsKept() throws Exception {
    restore(file.toBuilder().setLivePolicy("uniform").build());

    assertThat(learn.policyStates()).isEqualTo(saved);
  }

  @Test
  void otherAlphaKeepsTheWeightsAndBeginsEvaluationsAnew() throws Exception {
    restore(file.toBuilder().setAlpha(0.2).build());
    feed(1);
    learn.clock(60_000);

    assertThat(state("learner").getEventsLearned()).isEqualTo(DECISIONS + 1);
    assertThat(learn.evaluation("learner").getCount()).isEqualTo(1);
  }

  private void restore(SurfaceConfig config) throws Exception {
    learn = learn.restarted(surfaces(config));
  }

  private static Surfaces surfaces(SurfaceConfig config) {
    return new Surfaces(List.of(Surface.of(config)));
  }

  private void feed(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      learn.feed(joined("home", "d" + decisions, decisions % 3, decisions % 2 == 0 ? 0.5 : 0));
      decisions++;
    }
  }

  private PolicyState state(String policy) {
    return learn.policyStates().stream()
        .filter(state -> state.getPolicy().equals(policy))
        .findFirst()
        .orElseThrow();
  }
}
