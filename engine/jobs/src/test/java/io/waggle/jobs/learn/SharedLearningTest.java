package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.joined;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.google.protobuf.ByteString;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.v1.Control;
import io.waggle.v1.ModelRollback;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two learners of a surface in subtasks of their own, the merge, and the way back. */
class SharedLearningTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyDecisionIsInTheMergedModelOnceHoweverLateTheAnswersAre(long seed) throws Exception {
    Random random = new Random(seed);
    try (SharedLearners line = new SharedLearners(2)) {
      for (int i = 0; i < 300; i++) {
        line.feed(joined("home", "d" + i, i % 3, i % 2));
        line.advance(random.nextInt(200));
        if (random.nextInt(10) == 0) {
          line.merge();
        }
        if (random.nextInt(20) == 0) {
          line.answer();
        }
      }
      line.settle();

      assertThat(line.newest().getEventsLearned()).as("seed %d", seed).isEqualTo(300);
      assertThat(line.learnersModels()).hasSize(2).containsOnly(line.newestModel());
      assertThat(line.unmerged()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aCrashAtAnyMomentLosesNothingAndCountsNothingTwice(long seed) throws Exception {
    Random random = new Random(seed);
    try (SharedLearners line = new SharedLearners(2)) {
      int checkpointed = 0;
      for (int i = 0; i < 200; i++) {
        line.feed(joined("home", "d" + i, i % 3, i % 2));
        line.advance(random.nextInt(300));
        if (random.nextInt(5) == 0) {
          line.merge();
        }
        if (random.nextInt(10) == 0) {
          line.answer();
        }
        if (i == 80) {
          line.checkpoint();
          checkpointed = i;
        }
        if (i == 140) {
          line.restore();
          i = checkpointed;
          checkpointed = 0;
          if (random.nextBoolean()) {
            // What the lost run said arrives late.
            line.answer();
          }
          for (int again = 81; again < 200; again++) {
            line.feed(joined("home", "d" + again, again % 3, again % 2));
            line.advance(random.nextInt(300));
            line.merge();
            line.answer();
          }
          break;
        }
      }
      line.settle();

      assertThat(line.newest().getEventsLearned()).as("seed %d", seed).isEqualTo(200);
      assertThat(line.learnersModels()).containsOnly(line.newestModel());
      assertThat(line.evaluation("uniform").getCount()).isEqualTo(200);
    }
  }

  @Test
  void whatWasLearnedWhileAnAnswerWasUnderWayIsContributedWithoutAnotherDecision()
      throws Exception {
    try (SharedLearners line = new SharedLearners(2)) {
      line.feedBoth(0, 10);
      line.advance(1_000);
      line.feedBoth(10, 20);
      line.settle();

      assertThat(line.newest().getEventsLearned()).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anotherNumberOfLearnersGoesOnFromWhatAllHadLearned(int learners) throws Exception {
    try (SharedLearners line = new SharedLearners(2)) {
      line.feedBoth(0, 40);
      line.advance(1_000);
      line.merge();
      line.answer();
      line.feedBoth(40, 100);
      line.checkpoint();
      line.restore(learners);
      line.feedBoth(100, 140);
      line.settle();

      assertThat(line.newest().getEventsLearned()).isEqualTo(140);
      assertThat(line.eventsLearned()).isEqualTo(140);
      assertThat(line.received()).isEqualTo(140);
    }
  }

  @Test
  void severalLearnersGoOnFromWhatOneHadLearned() throws Exception {
    try (SharedLearners line = new SharedLearners(1)) {
      line.feedBoth(0, 50);
      line.checkpoint();
      line.restore(2);
      line.feedBoth(50, 80);
      line.settle();

      assertThat(line.newest().getEventsLearned()).isEqualTo(80);
      assertThat(line.learnersModels()).hasSize(2).containsOnly(line.newestModel());
    }
  }

  @Test
  void aRollbackPutsEveryLearnerBackAndIsPublishedOnce() throws Exception {
    try (SharedLearners line = new SharedLearners(2)) {
      line.feedBoth(0, 40);
      line.settle();
      ModelSnapshot before = line.newest();
      ByteString model = line.newestModel();
      line.feedBoth(40, 100);
      line.settle();

      line.advance(1_000);
      line.control(rollback(before, model, line.nowMillis()));
      line.merge();

      assertThat(line.newestModel()).isEqualTo(model);
      assertThat(line.newest().getVersion()).isGreaterThan(before.getVersion());
      assertThat(line.newest().getEventsLearned()).isEqualTo(40);
      line.feedBoth(100, 110);
      line.settle();
      assertThat(line.newest().getEventsLearned()).isEqualTo(50);
      assertThat(line.eventsLearned()).isEqualTo(50);
      assertThat(line.learnersModels()).containsOnly(line.newestModel());
    }
  }

  @Test
  void bothLearnersSharesAreOneEvaluation() throws Exception {
    try (SharedLearners line = new SharedLearners(2);
        SharedLearners alone = new SharedLearners(1)) {
      line.feedBoth(0, 100);
      alone.feedBoth(0, 100);
      line.settle();
      alone.settle();

      PolicyEvaluation both = line.evaluation("uniform");
      PolicyEvaluation one = alone.evaluation("uniform");
      assertThat(both.getCount()).isEqualTo(100);
      assertThat(both.getRewardSum()).isEqualTo(one.getRewardSum());
      assertThat(both.getIps()).isCloseTo(one.getIps(), offset(1e-12));
      assertThat(both.getInterval().getAlpha()).isEqualTo(one.getInterval().getAlpha());
      assertThat(both.getInterval().getLower()).isLessThan(one.getInterval().getLower());
      assertThat(both.getInterval().getUpper())
          .isGreaterThanOrEqualTo(one.getInterval().getUpper());
    }
  }

  /** So that what they know when it is put in charge is what one learner would have merged. */
  @Test
  void learnersAreMergedWhileTheirJobStandsByAndNobodyServesWhatTheyShare() throws Exception {
    try (SharedLearners line = new SharedLearners(2, 1)) {
      line.feedBoth(0, 100);
      line.settle();

      assertThat(line.unmerged()).isZero();
      assertThat(line.learnersModels()).hasSize(2).containsOnly(line.newestModel());
      assertThat(line.newest().getEventsLearned()).isEqualTo(100);
      assertThat(line.all()).isNotEmpty().allMatch(ModelSnapshot::getStandby);
      assertThat(line.versions()).isEmpty();
    }
  }

  @Test
  void onceItsJobIsInChargeTheMergedModelIsServedAtOnceAndTheOldOnesAreTakenOut() throws Exception {
    try (SharedLearners line = new SharedLearners(2, 1)) {
      line.feedBoth(0, 100);
      line.settle();
      ByteString merged = line.newestModel();

      line.control(WriterEpochTest.inCharge(1));
      line.merge();

      List<ModelSnapshot> served = line.all().stream().filter(part -> !part.getStandby()).toList();
      ModelSnapshot first = served.get(0);
      assertThat(first.getData()).isEqualTo(merged);
      assertThat(first.getBaseVersion()).as("nobody has the one before").isZero();
      assertThat(ModelVersions.epoch(first.getVersion())).isEqualTo(1);
      assertThat(first.hasWriter()).isTrue();
      assertThat(served.subList(1, served.size()))
          .filteredOn(ModelParts::isTombstone)
          .isNotEmpty()
          .extracting(part -> ModelVersions.epoch(part.getVersion()))
          .containsOnly(0L);
      assertThat(line.versions()).isNotEmpty();
      line.feedBoth(100, 120);
      line.settle();
      assertThat(line.newest().getEventsLearned()).isEqualTo(120);
      assertThat(line.newest().getStandby()).isFalse();
    }
  }

  /** A round was open, and a version waited for the registry. */
  @Test
  void aMergeWhoseJobIsFencedPublishesAndKeepsNothingMore() throws Exception {
    try (SharedLearners line = new SharedLearners(2)) {
      line.feedBoth(0, 40);
      line.settle();
      line.feedBoth(40, 60);
      line.settle();
      int kept = line.versions().size();
      line.feedBoth(60, 61);
      line.advance(1_000);
      line.merge();
      int published = line.all().size();

      line.control(WriterEpochTest.inCharge(1));
      line.merge();
      line.feedBoth(61, 100);
      line.settle();

      assertThat(line.all()).hasSize(published);
      assertThat(line.versions()).hasSize(kept);
    }
  }

  private static Control rollback(ModelSnapshot version, ByteString model, long nowMillis) {
    return Control.newBuilder()
        .setCreatedMillis(nowMillis)
        .setRollback(
            ModelRollback.newBuilder()
                .setSurface("home")
                .setPolicy("learner")
                .setVersion(version.getVersion())
                .setModel(model)
                .setLineage(version.getLineage()))
        .build();
  }
}
