package io.waggle.jobs.learn;

import io.waggle.core.evaluate.OnlineRewardModel;
import io.waggle.core.evaluate.RewardModel;
import io.waggle.core.evaluate.Segmentation;
import io.waggle.core.evaluate.TableRewardModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.JoinedSlots;
import io.waggle.core.surface.Surface;
import io.waggle.v1.EvaluationConfig;
import io.waggle.v1.LearnCounts;
import io.waggle.v1.RewardModelState;
import io.waggle.v1.ShownDecision;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@link Background} of a surface's decisions: its segments, and the reward model that all its
 * policies' doubly robust estimates share. One thread.
 */
final class Backgrounds {
  private static final String SINGLE = "";
  private static final List<String> SINGLE_ONLY = List.of(SINGLE);

  private final Segmentation segmentation;
  private final RewardModel model;
  private final double explorationFloor;

  /** Goes on from what was saved; what it learned of another reward range is left. */
  Backgrounds(Surface surface, LearnCounts saved) {
    double min = surface.reward().min();
    double max = surface.reward().max();
    boolean same = saved.getModelledWith().equals(modelledWith(surface));
    this.explorationFloor = surface.explorationFloor();
    this.segmentation = new Segmentation(surface.config().getEvaluation(), saved.getSegmentsList());
    EvaluationConfig evaluation = surface.config().getEvaluation();
    this.model =
        evaluation.hasExpectedRewards()
            ? new TableRewardModel(evaluation.getExpectedRewards())
            : new OnlineRewardModel(
                same ? saved.getRewardModel() : RewardModelState.getDefaultInstance(), min, max);
  }

  static String modelledWith(Surface surface) {
    return "range [%s, %s]".formatted(surface.reward().min(), surface.reward().max());
  }

  /** Before any policy and the reward model learn of the decision. */
  Background of(Lesson lesson) {
    return new Background(
        lesson.decision().getPolicy(),
        lesson.decision().getEventTimeMillis(),
        explorationFloor / lesson.example().actions().size(),
        segmentation.of(lesson.example()),
        expected(lesson));
  }

  private List<double[]> expected(Lesson lesson) {
    Example example = lesson.example();
    List<String> slots = lesson.slots() == null ? SINGLE_ONLY : lesson.slots().ids();
    List<double[]> expected = new ArrayList<>(slots.size());
    boolean usable = example.problem() == null;
    for (String slot : slots) {
      expected.add(usable ? model.expected(example, slot) : new double[example.actions().size()]);
    }
    return expected;
  }

  /** A complete decision's rewards are known. */
  void learn(Lesson lesson) {
    if (lesson.example().problem() != null) {
      return;
    }
    JoinedSlots slots = lesson.slots();
    if (slots == null) {
      model.learn(lesson.example(), SINGLE, lesson.chosen(), lesson.reward());
      return;
    }
    double[] rewards = slots.rewards();
    for (int i = 0; i < slots.size(); i++) {
      model.learn(
          lesson.example(), slots.ids().get(i), slots.outcomes().get(i).action(), rewards[i]);
    }
  }

  /** Notes of a decision that was shown what is needed when it closes. */
  void keep(Lesson lesson, Background background, ShownDecision.Builder keep) {
    keep.setPolicy(background.decidedBy())
        .setEventTimeMillis(background.timeMillis())
        .setSmallestPropensity(background.smallestPropensity())
        .addAllSegments(background.segments())
        .setModelledReward(background.expected().get(0)[lesson.chosen()]);
    if (lesson.example().problem() == null) {
      for (int place : model.places(lesson.example(), SINGLE, lesson.chosen())) {
        keep.addModelPlaces(place);
      }
    }
  }

  /** A decision that was shown closed. */
  void closed(ShownDecision kept, double reward) {
    if (kept.getModelPlacesCount() > 0) {
      int[] places = kept.getModelPlacesList().stream().mapToInt(Integer::intValue).toArray();
      model.learn(places, reward);
    }
  }

  /** For a checkpoint. */
  void save(Surface surface, LearnCounts.Builder counts) {
    counts
        .setRewardModel(model.state())
        .setModelledWith(modelledWith(surface))
        .addAllSegments(segmentation.known());
  }
}
