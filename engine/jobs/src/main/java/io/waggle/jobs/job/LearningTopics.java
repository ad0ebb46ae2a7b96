package io.waggle.jobs.job;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.learn.LearnFunction;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.record.RecordRules;
import io.waggle.jobs.record.TopicRecords;
import io.waggle.jobs.registry.RegistryRecords;
import io.waggle.state.join.DerivationSettings;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ModelVersions;
import io.waggle.state.registry.ModelName;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.Reward;
import io.waggle.v1.Signal;
import java.time.Duration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The topics that the learning job reads and writes, and how its records are keyed in them. */
final class LearningTopics {
  private LearningTopics() {}

  /** Reads what the surfaces need. */
  static LearningJob.Inputs read(
      StreamExecutionEnvironment environment,
      LoopTopics topics,
      Surfaces surfaces,
      Duration silence) {
    return new LearningJob.Inputs(
        topics.read(
            environment,
            LearningNames.SOURCES,
            Topics.DECISIONS,
            Decision.class,
            RecordRules.decisions(surfaces)),
        topics.read(
            environment,
            LearningNames.SOURCES,
            Topics.REWARDS,
            Reward.class,
            RecordRules.rewards(surfaces)),
        LearningJob.deriving(surfaces, DerivationSettings::takesInteractions).isEmpty()
            ? null
            : topics.read(
                environment,
                LearningNames.SOURCES,
                Topics.INTERACTIONS,
                Interaction.class,
                RecordRules.interactions(surfaces)),
        LearningJob.deriving(surfaces, DerivationSettings::takesSignals).isEmpty()
            ? null
            : topics.read(
                environment,
                LearningNames.SOURCES,
                Topics.SIGNALS,
                Signal.class,
                RecordRules.signals(surfaces)),
        topics.readControl(environment, LearningNames.SOURCES, surfaces),
        surfaces.all().stream().allMatch(surface -> surface.learners() == 1)
            ? null
            : topics.readModels(environment, LearningNames.SOURCES),
        silence);
  }

  private static String modelKey(ModelSnapshot part) {
    long epoch = ModelVersions.epoch(part.getVersion());
    return part.getBaseVersion() == 0
        ? Topics.modelKey(part.getSurface(), part.getPolicy(), epoch, part.getPart())
        : Topics.modelDeltaKey(part.getSurface(), part.getPolicy(), epoch, part.getPart());
  }

  /**
   * Writes all there is to write.
   *
   * @param decisionLog null: no decision log is written
   */
  static LearningJob.Outputs write(LoopTopics topics, @Nullable DecisionLogSettings decisionLog) {
    return new LearningJob.Outputs(
        topics.write(
            TopicRecords.<ModelSnapshot>of(
                    Topics.MODELS, LearningTopics::modelKey, ModelSnapshot::getCreatedMillis)
                // The parts of a version must arrive in order.
                .together(part -> part.getSurface() + "/" + part.getPolicy())
                .tombstoneWhen(ModelParts::isTombstone)),
        topics.write(
            TopicRecords.<PolicyEvaluation>of(
                    Topics.EVALUATIONS,
                    evaluation ->
                        Topics.evaluationKey(
                            evaluation.getSurface(),
                            evaluation.getPolicy(),
                            evaluation.getSegment()),
                    PolicyEvaluation::getUpdatedMillis)
                .tombstoneWhen(LearnFunction::isTombstone)),
        topics.write(examples()),
        topics.write(
            TopicRecords.<RegisteredModel>of(
                    Topics.VERSIONS,
                    model -> ModelName.of(model.getLineage()).key(),
                    model -> model.getLineage().getCreatedMillis())
                .tombstoneWhen(RegistryRecords::isGone)),
        topics.write(
            TopicRecords.of(
                Topics.DEAD_LETTERS,
                letter -> letter.getKey().toStringUtf8(),
                DeadLetter::getRejectedMillis)),
        topics.write(
            TopicRecords.of(
                Topics.CONTROL,
                control -> Topics.writerClaimControlKey(control.getWriterClaim()),
                Control::getCreatedMillis)),
        decisionLog);
  }

  /** All of one learner in one partition, where {@code TopicRecords.partition} finds it. */
  private static TopicRecords<LearnedExample> examples() {
    return TopicRecords.<LearnedExample>of(
            Topics.EXAMPLES,
            example -> Topics.exampleKey(example.getSurface(), example.getShard()),
            LearnedExample::getLearnedMillis)
        .together(example -> Topics.exampleKey(example.getSurface(), example.getShard()));
  }
}
