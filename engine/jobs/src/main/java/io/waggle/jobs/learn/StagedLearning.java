package io.waggle.jobs.learn;

import io.waggle.core.delay.DelayCorrection;
import io.waggle.core.surface.Surface;
import io.waggle.state.join.RewardSettings;
import io.waggle.v1.Decision;
import io.waggle.v1.DelayState;
import io.waggle.v1.JoinStage;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ShownDecision;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decisions of a surface that learns at the first reward, in their stages. Shown: every policy
 * predicts, what it predicted is kept, and by the {@link DelayCorrection} it learns the default
 * reward or not. Rewarded: it learns the reward. Closed: what was predicted is evaluated with the
 * final reward, so no policy is evaluated by a model that has seen it, and every decision closed
 * counts alike whenever its rewards came. One thread.
 */
final class StagedLearning {
  private final String surface;
  private final RewardSettings settings;
  private final DelayState saved;
  private @Nullable DelayCorrection correction;

  /**
   * What a stage did.
   *
   * @param refusals what was wrong, for people; empty: every policy took it
   * @param keep to be kept of the decision until its next stage
   */
  record Stage(String refusals, ShownDecision keep) {}

  /** Goes on from what was saved; what it needs is only made when the first stage comes. */
  StagedLearning(Surface surface, LearnCounts counts) {
    this.surface = surface.name();
    this.settings = surface.reward();
    this.saved = counts.getDelay();
  }

  /** The same example and what the correction makes of it; a complete decision stays as it is. */
  LearnedExample corrected(LearnedExample example) {
    JoinedDecision joined = example.getJoined();
    if (joined.getStage() == JoinStage.JOIN_STAGE_UNSPECIFIED) {
      return example;
    }
    Lesson lesson;
    try {
      lesson = Lesson.of(example, settings.defaultReward());
    } catch (IllegalArgumentException e) {
      // It names no chosen action, which is said when it is fed.
      return example;
    }
    LearnedExample.Builder corrected = example.toBuilder();
    if (joined.getStage() == JoinStage.JOIN_STAGE_SHOWN) {
      DelayCorrection.Shown shown =
          correction().shown(lesson.decision().getDecisionId(), lesson.example(), lesson.chosen());
      corrected.setImportance(shown.importance()).setPredictedOnly(!shown.learned());
    } else {
      corrected.setLearnedReward(
          correction().rewarded(lesson.example(), lesson.chosen(), joined.getReward()));
    }
    return corrected.build();
  }

  /** A decision was shown. */
  Stage shown(
      LearnedExample corrected,
      List<PolicyRun> policies,
      Backgrounds backgrounds,
      long reachedMillis) {
    Decision decision = corrected.getJoined().getDecision();
    ShownDecision.Builder keep =
        ShownDecision.newBuilder()
            .setPropensity(decision.getPropensity())
            .setDropMillis(dropMillis(Math.max(decision.getEventTimeMillis(), reachedMillis)));
    Lesson lesson;
    try {
      lesson = Lesson.of(corrected, settings.defaultReward());
    } catch (IllegalArgumentException e) {
      policies.forEach(PolicyRun::reject);
      return new Stage(String.valueOf(e.getMessage()), keep.build());
    }
    keep.setActionId(lesson.example().actions().get(lesson.chosen()).getId());
    Background background = backgrounds.of(lesson);
    backgrounds.keep(lesson, background, keep);
    StringBuilder refusals = new StringBuilder();
    for (PolicyRun policy : policies) {
      if (policy.runs()) {
        Answer answer = policy.ask(lesson);
        if (answer.refused()) {
          refusals.append(answer.refusal()).append("; ");
        } else {
          keep.addPredictions(policy.staged().kept(answer, lesson, background));
        }
      }
    }
    return new Stage(refusals.toString(), keep.build());
  }

  /** The first reward of a decision came. */
  Stage rewarded(LearnedExample corrected, List<PolicyRun> policies, ShownDecision kept) {
    JoinedDecision joined = corrected.getJoined();
    ShownDecision keep = kept.toBuilder().setFirstReward(joined.getReward()).build();
    Lesson lesson;
    try {
      lesson = Lesson.of(corrected, settings.defaultReward());
    } catch (IllegalArgumentException e) {
      return new Stage(String.valueOf(e.getMessage()), keep);
    }
    StringBuilder refusals = new StringBuilder();
    for (PolicyRun policy : policies) {
      if (policy.runs()) {
        Answer answer = policy.ask(lesson);
        refusals.append(answer.refusal()).append(answer.refused() ? "; " : "");
      }
    }
    return new Stage(refusals.toString(), keep);
  }

  /** A decision's window is over; true: at least one policy was evaluated on it. */
  boolean closed(JoinedDecision closed, List<PolicyRun> policies, ShownDecision kept) {
    boolean used = false;
    for (PolicyRun policy : policies) {
      used |= policy.staged().settle(kept, closed.getReward());
    }
    if (kept.hasFirstReward()) {
      correction().closed(kept.getActionId(), kept.getFirstReward(), closed.getReward());
    }
    return used;
  }

  /** For a checkpoint; nothing where no stage ever came. */
  void save(LearnCounts.Builder counts) {
    DelayState state = correction == null ? saved : correction.state();
    if (state.getWeightsCount() > 0) {
      counts.setDelay(state);
    }
  }

  private DelayCorrection correction() {
    if (correction == null) {
      correction = new DelayCorrection(surface, settings.min(), settings.max(), saved);
    }
    return correction;
  }

  /**
   * It closes after one window; what has not two windows later, at a window's multiple, is lost.
   */
  private long dropMillis(long fromMillis) {
    long windowMillis = settings.window().toMillis();
    long windows = fromMillis / windowMillis + 3;
    return windows > Long.MAX_VALUE / windowMillis ? Long.MAX_VALUE : windows * windowMillis;
  }
}
