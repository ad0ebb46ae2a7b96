package io.waggle.jobs.job;

import static io.waggle.jobs.TestRecords.click;
import static io.waggle.jobs.TestRecords.decision;
import static io.waggle.jobs.TestRecords.reward;

import io.waggle.core.model.Learners;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Control;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.Reward;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the learning job of the kept savepoints is given, up to a moment and after it; never to be
 * changed. Surface {@code home} learns at the end of the window, from rewards and clicks; {@code
 * feed} learns at the first reward. At the moment ten decisions of each wait for the end of their
 * window, some for a reward or click that comes after.
 */
final class LearningScenario {
  static final int DECISIONS = 120;

  /** Of {@code home}: every third was rewarded with 0.5, every twelfth clicked, worth 0.25. */
  static final double HOME_REWARDS = 40 * 0.5 + 10 * 0.25;

  static final double FEED_REWARDS = 40 * 0.5;

  static final Surfaces SURFACES =
      new Surfaces(
          List.of(
              surface(
                  "home",
                  "LEARN_WHEN_WINDOW_END",
                  ", derived: {rules: [{interaction: click, value: 0.25}]}"),
              surface("feed", "LEARN_WHEN_REWARD", "")));

  private static final long START = 1_700_000_000_000L;
  private static final long STEP = 100;

  /** Between two steps. */
  private static final long MOMENT = START + 60 * STEP + 50;

  /** Which of the records. */
  enum Part {
    BEFORE,
    NOTHING,
    AFTER,
    ALL;

    private <T> List<T> of(List<T> records, ToLongFunction<T> time) {
      return records.stream()
          .filter(
              record ->
                  switch (this) {
                    case BEFORE -> time.applyAsLong(record) < MOMENT;
                    case NOTHING -> false;
                    case AFTER -> time.applyAsLong(record) >= MOMENT;
                    case ALL -> true;
                  })
          .toList();
    }
  }

  private final CollectingSink<ModelSnapshot> models = new CollectingSink<>();
  private final CollectingSink<PolicyEvaluation> evaluations = new CollectingSink<>();
  private final CollectingSink<LearnedExample> examples = new CollectingSink<>();

  /** Defines the job over a part of the records; what it writes is added to what was before. */
  Feed define(StreamExecutionEnvironment environment, String run, Part part, boolean ends) {
    Feed feed = new Feed(environment, run, ends);
    LearningJob.define(
        new LearningJob.Inputs(
            feed.events(
                "decisions",
                Decision.class,
                part.of(decisions(), Decision::getEventTimeMillis),
                Decision::getEventTimeMillis),
            feed.events(
                "rewards",
                Reward.class,
                part.of(rewards(), Reward::getEventTimeMillis),
                Reward::getEventTimeMillis),
            feed.events(
                "interactions",
                Interaction.class,
                part.of(clicks(), Interaction::getEventTimeMillis),
                Interaction::getEventTimeMillis),
            null,
            feed.updates("control", Control.class, List.of()),
            null,
            Duration.ofHours(1)),
        new LearningJob.Outputs(
            models,
            evaluations,
            examples,
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            null),
        SURFACES,
        new LearningJob.Learning(Learners::open, null, null, 0));
    return feed;
  }

  /** The newest evaluation of a policy on all decisions. */
  PolicyEvaluation evaluation(String surface, String policy) {
    return evaluations.elements().stream()
        .filter(each -> each.getSurface().equals(surface) && each.getPolicy().equals(policy))
        .filter(each -> each.getSegment().equals("all"))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** The numbers of what was learned, in its order. */
  List<Long> sequence(String surface) {
    return examples.elements().stream()
        .filter(example -> example.getSurface().equals(surface))
        .map(LearnedExample::getSequence)
        .toList();
  }

  /** The newest version of the surface's learner. */
  ServableModel model(String surface) {
    ModelAssembler assembler = ModelChanges.assembler();
    return models.elements().stream()
        .filter(part -> part.getSurface().equals(surface) && part.getPolicy().equals("learner"))
        .map(assembler::offer)
        .flatMap(Optional::stream)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static Surface surface(String name, String learnWhen, String derived) {
    return Surface.of(
        SurfaceFiles.parse(
            """
            name: %s
            livePolicy: learner
            explorationFloor: 0.1
            reward: {wait: 1s, min: -1, max: 1, aggregation: REWARD_AGGREGATION_SUM, learnWhen: %s%s}
            policies:
              - {name: learner, vowpalWabbit: {arguments: --cb_explore_adf --epsilon 0.2 -b 8 -q ci}}
              - {name: uniform, uniform: {}}
              - {name: popular, popularity: {}}
            """
                .formatted(name, learnWhen, derived)));
  }

  private static List<Decision> decisions() {
    List<Decision> decisions = new ArrayList<>();
    for (int i = 0; i < DECISIONS; i++) {
      for (Surface surface : SURFACES.all()) {
        decisions.add(
            decision(surface.name(), "d" + i, START + i * STEP, i % 3).toBuilder()
                .setUserId("u" + i)
                .build());
      }
    }
    return decisions;
  }

  private static List<Reward> rewards() {
    List<Reward> rewards = new ArrayList<>();
    for (int i = 1; i < DECISIONS; i += 3) {
      for (Surface surface : SURFACES.all()) {
        rewards.add(reward(surface.name(), "d" + i, "r" + i, START + i * STEP + 320, 0.5));
      }
    }
    return rewards;
  }

  /** On the action that every third decision chose; none of those has another reward. */
  private static List<Interaction> clicks() {
    List<Interaction> clicks = new ArrayList<>();
    for (int i = 0; i < DECISIONS; i += 4) {
      clicks.add(click("home", "c" + i, "u" + i, "a", START + i * STEP + 320));
    }
    return clicks;
  }
}
