package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static io.waggle.jobs.learn.LearnSubtask.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.control.Writer;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.v1.Control;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.WriterClaim;
import io.waggle.v1.WriterEpoch;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Learning jobs side by side: which of them publishes. */
final class WriterEpochTest {
  private final Surfaces home = TestSurfaces.named("home");

  @Test
  void aJobThatStandsByLearnsAndSaysNothing() throws Exception {
    try (LearnSubtask green = job(1, null)) {
      learn(green, 5);

      assertThat(green.models()).isEmpty();
      assertThat(green.versions()).isEmpty();
      assertThat(green.evaluations()).isEmpty();
      assertThat(green.counts("home").getDecisionsLearned()).isEqualTo(5);
      assertThat(green.examples()).hasSize(5);
    }
  }

  @Test
  void onceInChargeItPublishesAllItKnowsAtOnceUnderItsEpoch() throws Exception {
    try (LearnSubtask green = job(1, null)) {
      learn(green, 5);

      green.control(inCharge(1));

      List<ModelSnapshot> parts = published(green);
      assertThat(parts).hasSize(1);
      assertThat(ModelVersions.epoch(parts.get(0).getVersion())).isEqualTo(1);
      assertThat(ModelVersions.millis(parts.get(0).getVersion())).isBetween(START, START + 10_000);
      assertThat(parts.get(0).getEventsLearned()).isEqualTo(5);
      assertThat(green.versions()).hasSize(1);
      assertThat(green.evaluations())
          .isNotEmpty()
          .extracting(PolicyEvaluation::getWriterEpoch)
          .containsOnly(1L);
      assertThat(green.evaluation("learner").getCount()).isEqualTo(5);
      learn(green, 1);
      assertThat(published(green)).hasSize(2);
    }
  }

  /** What is published of nothing new is as the old job left it. */
  @Test
  void aJobFromTheOldOnesSavepointPublishesWhatItTookOverThoughNothingWasLearnedSince()
      throws Exception {
    OperatorSubtaskState savepoint;
    long oldVersion;
    try (LearnSubtask blue = job(0, null)) {
      learn(blue, 3);
      oldVersion = published(blue).get(0).getVersion();
      savepoint = blue.harness.snapshot(1, 1);
    }

    try (LearnSubtask green = job(1, savepoint)) {
      assertThat(published(green)).isEmpty();
      green.control(inCharge(1));

      ModelSnapshot first = published(green).get(0);
      assertThat(first.getEventsLearned()).isEqualTo(3);
      assertThat(first.getParentVersion()).isEqualTo(oldVersion);
      assertThat(first.getVersion()).isGreaterThan(oldVersion);
    }
  }

  @Test
  void theModelsOfTheEpochBeforeAreTakenOutOfTheTopicBehindTheNewOnes() throws Exception {
    try (LearnSubtask green = job(2, null)) {
      learn(green, 1);
      green.control(inCharge(1));
      assertThat(green.models()).isEmpty();
      green.control(inCharge(2));

      List<ModelSnapshot> sent = green.models();
      assertThat(ModelParts.isTombstone(sent.get(0))).isFalse();
      assertThat(sent.subList(1, sent.size()))
          .allMatch(ModelParts::isTombstone)
          .extracting(part -> ModelVersions.epoch(part.getVersion()))
          .containsOnly(1L);
    }
  }

  @Test
  void aJobThatIsFencedSaysNothingMoreAlsoAfterARestart() throws Exception {
    LearnSubtask blue = job(0, null);
    try {
      learn(blue, 2);
      int models = blue.models().size();
      int evaluations = blue.evaluations().size();

      blue.control(inCharge(3));
      blue.control(inCharge(1));
      learn(blue, 2);
      assertThat(blue.models()).hasSize(models);
      assertThat(blue.evaluations()).hasSize(evaluations);

      blue = blue.restarted();
      learn(blue, 2);
      assertThat(blue.models()).isEmpty();
      assertThat(blue.evaluations()).isEmpty();
      assertThat(blue.counts("home").getDecisionsLearned()).isEqualTo(6);
    } finally {
      blue.close();
    }
  }

  @Test
  void aJobInChargeStaysSoAfterARestart() throws Exception {
    LearnSubtask green = job(1, null);
    try {
      green.control(inCharge(1));
      learn(green, 1);
      green = green.restarted();
      learn(green, 1);

      assertThat(published(green)).hasSize(1);
    } finally {
      green.close();
    }
  }

  /** So a warm-up and a rebuild find the later job's examples, whoever writes last. */
  @Test
  void examplesAreNumberedByAttemptsOfTheJobsOwnEpoch() throws Exception {
    try (LearnSubtask blue = job(0, null);
        LearnSubtask green = job(1, null)) {
      learn(green, 1);
      blue.clock(60_000);
      learn(blue, 1);

      LearnedExample ofGreen = green.examples().get(0);
      LearnedExample ofBlue = blue.examples().get(0);
      assertThat(ofGreen.getLearnedMillis()).isLessThan(ofBlue.getLearnedMillis());
      assertThat(ofGreen.getEpoch()).isGreaterThan(ofBlue.getEpoch());
    }
  }

  @Test
  void aJobDoesNotGoOnUnderASmallerEpochThanItsStatesVersions() throws Exception {
    OperatorSubtaskState savepoint;
    try (LearnSubtask green = job(2, null)) {
      green.control(inCharge(2));
      learn(green, 1);
      savepoint = green.harness.snapshot(1, 1);
    }

    assertThatThrownBy(() -> job(1, savepoint))
        .hasStackTraceContaining(
            "epoch: 1 (expected: at least 2, that of the job whose state this one goes on from)");
  }

  /**
   * Until then a run that ends early would keep out the next one, which starts without state too.
   */
  @Test
  void aJobSaysThatItHoldsItsEpochOnceACheckpointOfItIsComplete() throws Exception {
    try (LearnSubtask job = job(0, null)) {
      learn(job, 1);
      assertThat(job.claims()).isEmpty();
      job.checkpoint();
      learn(job, 2);

      assertThat(job.claims()).hasSize(1);
      WriterClaim claim = job.claims().get(0).getWriterClaim();
      assertThat(claim.getOrigin()).isEqualTo(claim.getRun());
      assertThat(published(job)).isNotEmpty().allMatch(part -> part.getWriter().equals(claim));
      assertThat(job.evaluations()).allMatch(each -> each.getWriter().equals(claim));
    }
  }

  @Test
  void ofTwoJobsOfOneEpochTheOneThatWasThereFirstGoesOnAndTheOtherSaysNothingMore()
      throws Exception {
    try (LearnSubtask first = job(new Writer(0, START - 60_000, 7), null);
        LearnSubtask second = job(new Writer(0, START, 9), null)) {
      first.checkpoint();
      second.checkpoint();
      learn(first, 1);
      learn(second, 1);
      int ofSecond = published(second).size();
      int examples = second.examples().size();

      deliverClaims(first, second);
      learn(first, 2);
      learn(second, 2);

      assertThat(published(first)).hasSize(2);
      assertThat(published(second)).hasSize(ofSecond);
      assertThat(second.examples()).hasSize(examples);
      assertThat(second.counts("home").getDecisionsLearned()).isEqualTo(3);
      try (LearnSubtask again = second.restarted()) {
        learn(again, 2);
        assertThat(again.models()).isEmpty();
        assertThat(again.evaluations()).isEmpty();
      }
    }
  }

  /** Also a zombie of the run before: it may write long after the next has begun. */
  @Test
  void aJobThatIsStartedAgainFromItsStateTakesOverFromItsEarlierRun() throws Exception {
    OperatorSubtaskState saved;
    try (LearnSubtask zombie = job(new Writer(0, START - 60_000, 7), null)) {
      learn(zombie, 1);
      saved = zombie.checkpoint();
      learn(zombie, 1);
      zombie.control(zombie.claims().get(0));
      try (LearnSubtask next = job(new Writer(0, START, 9), saved)) {
        learn(next, 1);
        assertThat(published(next)).as("it waits for nobody").hasSize(1);
        next.checkpoint();
        learn(next, 1);

        deliverClaims(zombie, next);
        int ofZombie = zombie.models().size();
        learn(zombie, 1);
        learn(next, 1);

        assertThat(zombie.models()).hasSize(ofZombie);
        assertThat(published(next)).hasSize(3);
      }
    }
  }

  @Test
  void goingBackToAnOlderSavepointOfAJobIsTheSameJob() throws Exception {
    OperatorSubtaskState savepoint;
    Control later;
    try (LearnSubtask first = job(new Writer(0, START - 90_000, 7), null)) {
      savepoint = first.checkpoint();
      try (LearnSubtask second = job(new Writer(0, START - 60_000, 8), savepoint)) {
        second.checkpoint();
        learn(second, 1);
        later = second.claims().get(0);
      }
    }

    try (LearnSubtask back = job(new Writer(0, START, 9), savepoint)) {
      back.control(later);
      learn(back, 1);

      assertThat(published(back)).hasSize(1);
    }
  }

  /** Who takes over by promotion is another epoch, whose holder nobody is yet. */
  @Test
  void aJobOfAnotherEpochIsNotKeptOutByTheClaimOfThisOne() throws Exception {
    try (LearnSubtask blue = job(new Writer(0, START - 60_000, 7), null);
        LearnSubtask green = job(new Writer(1, START, 9), null)) {
      blue.checkpoint();
      learn(blue, 1);
      green.control(blue.claims().get(0));
      learn(green, 1);
      green.control(inCharge(1));

      assertThat(published(green)).hasSize(1);
    }
  }

  private static void deliverClaims(LearnSubtask one, LearnSubtask other) throws Exception {
    List<Control> claims = Stream.concat(one.claims().stream(), other.claims().stream()).toList();
    assertThat(claims).hasSizeGreaterThanOrEqualTo(2);
    for (Control claim : claims) {
      one.control(claim);
      other.control(claim);
    }
  }

  private LearnSubtask job(Writer writer, @Nullable OperatorSubtaskState from) throws Exception {
    return new LearnSubtask(home, CountingLearner::open, null, 1, 0, from, writer);
  }

  private LearnSubtask job(long epoch, @Nullable OperatorSubtaskState from) throws Exception {
    return new LearnSubtask(home, CountingLearner::open, null, 1, 0, from, epoch);
  }

  /** Decisions one after the other, with time for everything to be published. */
  private static void learn(LearnSubtask job, int decisions) throws Exception {
    for (int i = 0; i < decisions; i++) {
      job.feed(joined("home", "d" + i, 1, 1));
    }
    job.clock(job.harness.getProcessingTime() - START + 1_000);
  }

  private static List<ModelSnapshot> published(LearnSubtask job) {
    return job.models().stream().filter(part -> !ModelParts.isTombstone(part)).toList();
  }

  static Control inCharge(long epoch) {
    return Control.newBuilder()
        .setCreatedMillis(START)
        .setAuthor("ann")
        .setWriterEpoch(WriterEpoch.newBuilder().setEpoch(epoch))
        .build();
  }
}
