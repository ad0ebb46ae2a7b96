package io.waggle.jobs.learn;

import static io.waggle.jobs.TestRecords.decision;
import static io.waggle.jobs.TestRecords.reward;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.join.JoinSubtask;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import java.util.Iterator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;

/**
 * The join and the learner behind it: everything that one sends reaches the other, records, event
 * time and whether it is idle. The learner's other input, topic control, stands at the end of time
 * and holds nothing back.
 */
final class JoinedLearningTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final int DECISIONS = 20;

  private final Surfaces home = TestSurfaces.atFirstReward("home");

  @Test
  void decisionsWhoseTopicsFallSilentBeforeTheyCloseAreLearned() throws Exception {
    try (JoinSubtask join = new JoinSubtask(home, 1, 0, null);
        LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      join.harness().setProcessingTime(NOW);
      for (int i = 0; i < DECISIONS; i++) {
        join.decide(decision("home", "d" + i, NOW + i, 1));
        join.reward(reward("home", "d" + i, "r" + i, NOW + i, 1));
      }
      join.watermark(NOW);
      hand(join, learn);

      fallSilent(join);
      hand(join, learn);
      closeByTheClock(join);
      hand(join, learn);

      assertThat(join.counts("home").getDecisionsLearned()).isEqualTo(DECISIONS);
      assertThat(learn.counts("home").getDecisionsLearned()).isEqualTo(DECISIONS);
      assertThat(learn.counts("home").getDecisionsRejected()).isZero();
      assertThat(learn.deadLetters()).isEmpty();
    }
  }

  @Test
  void whatNeverClosesIsDroppedByEventTimeAlsoWhereTopicsWereSilentFirst() throws Exception {
    try (JoinSubtask join = new JoinSubtask(home, 1, 0, null);
        LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      join.harness().setProcessingTime(NOW);
      fallSilent(join);
      hand(join, learn);

      join.harness().processWatermarkStatus1(WatermarkStatus.ACTIVE);
      join.decide(decision("home", "d", NOW, 1));
      join.harness().processWatermark1(new Watermark(NOW));
      hand(join, learn);
      learn.watermark(NOW + 4 * TestSurfaces.WINDOW);
      learn.feed(
          JoinedDecision.newBuilder()
              .setDecision(decision("home", "d", NOW, 1))
              .setStage(JoinStage.JOIN_STAGE_CLOSED)
              .build());

      assertThat(learn.counts("home").getDecisionsRejected()).isEqualTo(1);
    }
  }

  @Test
  void aRankThatWasAnsweredTwiceIsLearnedOnceWithEachOfItsRewards() throws Exception {
    try (JoinSubtask join = new JoinSubtask(home, 1, 0, null);
        LearnSubtask learn = new LearnSubtask(home, CountingLearner::open)) {
      join.harness().setProcessingTime(NOW);
      // The second answer is another service's: made later, and of another model.
      join.decide(decision("home", "d", NOW, 1));
      join.reward(reward("home", "d", "r", NOW + 1, 1));
      join.decide(decision("home", "d", NOW + 300, 2).toBuilder().setModelVersion(7).build());
      join.reward(reward("home", "d", "r", NOW + 301, 1));
      join.watermark(NOW + TestSurfaces.WINDOW);
      hand(join, learn);

      assertThat(join.counts("home").getDecisionsReceived()).isEqualTo(2);
      assertThat(join.counts("home").getDecisionsDuplicate()).isEqualTo(1);
      assertThat(join.counts("home").getRewardsLearned()).isEqualTo(1);
      assertThat(join.counts("home").getRewardsDuplicate()).isEqualTo(1);
      assertThat(learn.counts("home").getDecisionsLearned()).isEqualTo(1);
      assertThat(learn.counts("home").getDecisionsRejected()).isZero();
      assertThat(learn.examples())
          .extracting(example -> example.getJoined().getDecision().getOrder(0))
          .containsOnly(1);
    }
  }

  private static void fallSilent(JoinSubtask join) throws Exception {
    join.harness().processWatermarkStatus1(WatermarkStatus.IDLE);
    join.harness().processWatermarkStatus2(WatermarkStatus.IDLE);
  }

  private static void closeByTheClock(JoinSubtask join) throws Exception {
    join.harness().setProcessingTime(NOW + 20 * TestSurfaces.WINDOW);
  }

  /** Hands over what the join has sent so far, in order. */
  @SuppressWarnings("unchecked")
  private static void hand(JoinSubtask join, LearnSubtask learn) throws Exception {
    Iterator<Object> sent = join.harness().getOutput().iterator();
    while (sent.hasNext()) {
      Object element = sent.next();
      sent.remove();
      if (element instanceof Watermark watermark) {
        learn.harness.processWatermark(watermark);
      } else if (element instanceof WatermarkStatus status) {
        learn.harness.getTwoInputOperator().processWatermarkStatus1(status);
      } else {
        learn.feed(((StreamRecord<JoinedDecision>) element).getValue());
      }
    }
  }
}
