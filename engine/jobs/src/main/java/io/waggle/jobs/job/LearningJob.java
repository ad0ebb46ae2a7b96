package io.waggle.jobs.job;

import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.model.Learners;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.control.Writer;
import io.waggle.jobs.history.KafkaPastExamples;
import io.waggle.jobs.history.PastExamples;
import io.waggle.jobs.join.ClockedCoProcessOperator;
import io.waggle.jobs.join.DerivedRewardFunction;
import io.waggle.jobs.join.LearningNames;
import io.waggle.jobs.join.RewardJoinFunction;
import io.waggle.jobs.learn.LearnFunction;
import io.waggle.jobs.learn.LearnerFactory;
import io.waggle.jobs.learn.LearnerKeys;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.log.DecisionLogSink;
import io.waggle.jobs.log.RowFilter;
import io.waggle.jobs.log.RowHoldFunction;
import io.waggle.jobs.merge.EvaluationSum;
import io.waggle.jobs.merge.MergeFunction;
import io.waggle.jobs.merge.MergedModels;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.jobs.registry.RegistryOperatorFactory;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.jobs.registry.RollbackLoader;
import io.waggle.state.join.DerivationSettings;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.JoinedDecision;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardCause;
import io.waggle.v1.Signal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The learning job: rewards are derived from interactions and signals where a surface has rules,
 * decisions and rewards are joined, every policy predicts and then learns, models and evaluations
 * go out, and what could not be used goes to the dead letters.
 */
public final class LearningJob {
  /** The name that the job runs under. */
  public static final String NAME = "waggle learning";

  private LearningJob() {}

  /**
   * Decoded messages with event time; dead letters on the operators' side outputs.
   *
   * @param interactions null where no surface derives rewards from them. What cannot be decoded of
   *     them is the session job's dead letter
   * @param signals null where no surface derives rewards from them
   * @param models what was published, where learners share a surface; else null
   * @param silence after this long without a record event time follows the clock
   */
  public record Inputs(
      SingleOutputStreamOperator<Decision> decisions,
      SingleOutputStreamOperator<Reward> rewards,
      @Nullable SingleOutputStreamOperator<Interaction> interactions,
      @Nullable SingleOutputStreamOperator<Signal> signals,
      SingleOutputStreamOperator<Control> control,
      @Nullable SingleOutputStreamOperator<ModelSnapshot> models,
      Duration silence) {}

  /**
   * Where results go.
   *
   * @param claims which job holds its epoch, for topic control
   * @param decisionLog null: no decision log is written
   */
  public record Outputs(
      Sink<ModelSnapshot> models,
      Sink<PolicyEvaluation> evaluations,
      Sink<LearnedExample> examples,
      Sink<RegisteredModel> versions,
      Sink<DeadLetter> deadLetters,
      Sink<Control> claims,
      @Nullable DecisionLogSettings decisionLog) {}

  /** Defines the job over the topics, with Vowpal Wabbit. */
  public static void define(
      StreamExecutionEnvironment environment, JobSettings settings, Surfaces surfaces) {
    define(environment, settings, surfaces, Learners::open);
  }

  /** The same with other learners. */
  public static void define(
      StreamExecutionEnvironment environment,
      JobSettings settings,
      Surfaces surfaces,
      LearnerFactory factory) {
    environment.setParallelism(settings.parallelism());
    LoopTopics topics = new LoopTopics(settings);
    define(
        LearningTopics.read(environment, topics, surfaces, settings.silence()),
        LearningTopics.write(topics, settings.decisionLog()),
        surfaces,
        new Learning(
            factory,
            new KafkaPastExamples(settings.kafka()),
            settings.registry(),
            settings.epoch()));
  }

  /**
   * How policies learn.
   *
   * @param factory opens learners
   * @param past what was learned before, for policies that warm up; null: they begin cold
   * @param registry null: no version is kept, and nothing can be rolled back
   * @param epoch the job's: it publishes once control has put it in charge; 0: until another is
   */
  public record Learning(
      LearnerFactory factory,
      @Nullable PastExamples past,
      @Nullable RegistrySettings registry,
      long epoch) {}

  /** Defines the job's steps between given sources and sinks. */
  public static void define(Inputs inputs, Outputs outputs, Surfaces surfaces, Learning learning) {
    RegistrySettings registry = learning.registry();
    DecisionLogSettings log = outputs.decisionLog();
    SingleOutputStreamOperator<JoinedDecision> joined = join(inputs, surfaces, log != null);
    if (log != null) {
      logDecisions(joined, surfaces, log);
    }
    DataStream<Control> control = loaded(inputs.control(), registry);
    if (inputs.models() != null) {
      control = control.union(mergedModels(inputs.models(), learning.epoch()));
    }
    SingleOutputStreamOperator<PolicyEvaluation> learned =
        learn(joined, control, surfaces, learning);
    DataStream<ModelSnapshot> models = learned.getSideOutput(LearnFunction.MODELS);
    DataStream<ModelSnapshot> versions = learned.getSideOutput(LearnFunction.VERSIONS);
    DataStream<PolicyEvaluation> evaluations = learned;
    if (inputs.models() != null) {
      SingleOutputStreamOperator<ModelSnapshot> merged = merge(learned, learning);
      models = models.union(merged);
      versions = versions.union(merged.getSideOutput(MergeFunction.VERSIONS));
      evaluations = sum(learned);
    }
    if (registry != null) {
      register(versions, inputs.control(), registry)
          .sinkTo(outputs.versions())
          .name("write " + Topics.VERSIONS)
          .uid(LearningNames.WRITE_VERSIONS);
    }
    models.sinkTo(outputs.models()).name("write " + Topics.MODELS).uid(LearningNames.WRITE_MODELS);
    evaluations
        .sinkTo(outputs.evaluations())
        .name("write " + Topics.EVALUATIONS)
        .uid(LearningNames.WRITE_EVALUATIONS);
    learned
        .getSideOutput(LearnFunction.EXAMPLES)
        .sinkTo(outputs.examples())
        .name("write " + Topics.EXAMPLES)
        .uid(LearningNames.WRITE_EXAMPLES);
    learned
        .getSideOutput(LearnFunction.CLAIMS)
        .sinkTo(outputs.claims())
        .name("write claims to " + Topics.CONTROL)
        .uid(LearningNames.WRITE_CLAIMS);
    deadLetters(inputs, learned)
        .sinkTo(outputs.deadLetters())
        .name("write " + Topics.DEAD_LETTERS)
        .uid(LearningNames.WRITE_DEAD_LETTERS);
  }

  private static DataStream<DeadLetter> deadLetters(
      Inputs inputs, SingleOutputStreamOperator<?> learned) {
    DataStream<DeadLetter> letters =
        inputs
            .decisions()
            .getSideOutput(DeadLetters.TAG)
            .union(
                inputs.rewards().getSideOutput(DeadLetters.TAG),
                inputs.control().getSideOutput(DeadLetters.TAG),
                learned.getSideOutput(DeadLetters.TAG));
    return inputs.signals() == null
        ? letters
        : letters.union(inputs.signals().getSideOutput(DeadLetters.TAG));
  }

  /** Names of the surfaces that derive rewards so. */
  static Set<String> deriving(Surfaces surfaces, Predicate<DerivationSettings> so) {
    return surfaces.all().stream()
        .filter(surface -> so.test(surface.reward().derived()))
        .map(Surface::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static SingleOutputStreamOperator<JoinedDecision> join(
      Inputs inputs, Surfaces surfaces, boolean completeAtClose) {
    DataStream<RewardCause> causes = causes(inputs);
    DataStream<Reward> rewards =
        causes == null
            ? inputs.rewards()
            : inputs.rewards().union(derive(inputs, causes, surfaces));
    return inputs
        .decisions()
        .keyBy(
            decision -> RewardJoinFunction.key(decision.getSurface(), decision.getDecisionId()),
            Types.STRING)
        .connect(
            rewards.keyBy(
                reward -> RewardJoinFunction.key(reward.getSurface(), reward.getDecisionId()),
                Types.STRING))
        .transform(
            "join decisions with rewards",
            ProtoTypeInformation.forMessage(JoinedDecision.class),
            new ClockedCoProcessOperator<>(
                new RewardJoinFunction(surfaces, completeAtClose), inputs.silence(), true))
        .uid(LearningNames.JOIN);
  }

  /** As many files at a time as learners: one partition of one learner is one key. */
  private static void logDecisions(
      DataStream<JoinedDecision> joined, Surfaces surfaces, DecisionLogSettings settings) {
    LearnerKeys keys = new LearnerKeys(surfaces, JobEnvironment.MAX_PARALLELISM);
    joined
        .flatMap(new RowFilter(), ProtoTypeInformation.forMessage(JoinedDecision.class))
        .name("rows of the decision log")
        .uid(LearningNames.LOG_ROWS)
        .keyBy(
            row ->
                DecisionLogSink.partition(row)
                    + "/"
                    + keys.of(row.getDecision().getSurface(), row.getDecision().getDecisionId()),
            Types.STRING)
        .process(
            new RowHoldFunction(surfaces, settings),
            ProtoTypeInformation.forMessage(JoinedDecision.class))
        .name("hold rows for their file")
        .uid(LearningNames.LOG_HOLD)
        .sinkTo(DecisionLogSink.in(settings))
        .name("write decision log")
        .uid(LearningNames.WRITE_LOG);
  }

  /** What may be worth a reward; null: nothing is derived. */
  private static @Nullable DataStream<RewardCause> causes(Inputs inputs) {
    DataStream<RewardCause> interactions =
        inputs.interactions() == null
            ? null
            : cause(
                inputs.interactions(),
                Topics.INTERACTIONS,
                each -> RewardCause.newBuilder().setInteraction(each).build());
    if (inputs.signals() == null) {
      return interactions;
    }
    DataStream<RewardCause> signals =
        cause(
            inputs.signals(),
            Topics.SIGNALS,
            each -> RewardCause.newBuilder().setSignal(each).build());
    return interactions == null ? signals : interactions.union(signals);
  }

  private static <T> DataStream<RewardCause> cause(
      SingleOutputStreamOperator<T> input, String topic, MapFunction<T, RewardCause> as) {
    return input
        .map(as)
        .returns(ProtoTypeInformation.forMessage(RewardCause.class))
        .setParallelism(input.getParallelism())
        .name(topic + " that may be worth a reward")
        .uid(LearningNames.CAUSES + "-" + topic);
  }

  private static String key(RewardCause cause) {
    return cause.hasSignal()
        ? DerivedRewardFunction.key(cause.getSignal().getSurface(), cause.getSignal().getUserId())
        : DerivedRewardFunction.key(
            cause.getInteraction().getSurface(), cause.getInteraction().getUserId());
  }

  private static DataStream<Reward> derive(
      Inputs inputs, DataStream<RewardCause> causes, Surfaces surfaces) {
    Set<String> deriving = deriving(surfaces, settings -> !settings.rules().isEmpty());
    return inputs
        .decisions()
        .filter(
            decision ->
                !decision.getUserId().isEmpty()
                    && !decision.getDeferred()
                    && deriving.contains(decision.getSurface()))
        .name("decisions that interactions may reward")
        .uid(LearningNames.REWARDABLE)
        .keyBy(
            decision -> DerivedRewardFunction.key(decision.getSurface(), decision.getUserId()),
            Types.STRING)
        .connect(causes.keyBy(LearningJob::key, Types.STRING))
        .transform(
            "derive rewards from interactions",
            ProtoTypeInformation.forMessage(Reward.class),
            new ClockedCoProcessOperator<>(
                new DerivedRewardFunction(surfaces), inputs.silence(), false))
        .uid(LearningNames.DERIVE);
  }

  /** Control with the bytes of the versions that rollbacks name, in the same order. */
  private static DataStream<Control> loaded(
      DataStream<Control> control, @Nullable RegistrySettings registry) {
    return AsyncDataStream.orderedWait(
            control,
            new RollbackLoader(registry),
            RollbackLoader.PATIENCE.toMillis(),
            TimeUnit.MILLISECONDS,
            RollbackLoader.CAPACITY)
        .returns(ProtoTypeInformation.forMessage(Control.class))
        .name("load what rollbacks name")
        .uid(LearningNames.LOAD_ROLLBACKS);
  }

  /** One writer for all: what it does waits for files and hardly computes. */
  private static SingleOutputStreamOperator<RegisteredModel> register(
      DataStream<ModelSnapshot> versions, DataStream<Control> control, RegistrySettings registry) {
    return versions
        .connect(control)
        .transform(
            "register versions",
            ProtoTypeInformation.forMessage(RegisteredModel.class),
            new RegistryOperatorFactory(registry))
        .uid(LearningNames.REGISTER)
        .setParallelism(1);
  }

  /** Whole merged models for every learner, in one order. */
  private static DataStream<Control> mergedModels(DataStream<ModelSnapshot> models, long epoch) {
    return models
        .process(new MergedModels(epoch), ProtoTypeInformation.forMessage(Control.class))
        .name("assemble merged models")
        .uid(LearningNames.MERGED)
        .setParallelism(1);
  }

  private static SingleOutputStreamOperator<ModelSnapshot> merge(
      SingleOutputStreamOperator<PolicyEvaluation> learned, Learning learning) {
    RegistrySettings registry = learning.registry();
    return learned
        .getSideOutput(LearnFunction.CONTRIBUTIONS)
        .keyBy(each -> each.getSurface() + "/" + each.getPolicy(), Types.STRING)
        .process(
            new MergeFunction(registry == null ? null : registry.every(), learning.epoch()),
            ProtoTypeInformation.forMessage(ModelSnapshot.class))
        .name("merge learners")
        .uid(LearningNames.MERGE);
  }

  /** What one learner says goes on as it is; of several, their sum. */
  private static DataStream<PolicyEvaluation> sum(DataStream<PolicyEvaluation> evaluations) {
    return evaluations
        .filter(each -> each.getLearners() == 0)
        .name("evaluations of one learner")
        .uid(LearningNames.SUM_EVALUATIONS + "-one")
        .union(
            evaluations
                .filter(each -> each.getLearners() > 0)
                .name("evaluations of several learners")
                .uid(LearningNames.SUM_EVALUATIONS + "-several")
                .keyBy(
                    each ->
                        Topics.evaluationKey(
                            each.getSurface(), each.getPolicy(), each.getSegment()),
                    Types.STRING)
                .process(
                    new EvaluationSum(), ProtoTypeInformation.forMessage(PolicyEvaluation.class))
                .name("sum evaluations")
                .uid(LearningNames.SUM_EVALUATIONS));
  }

  private static SingleOutputStreamOperator<PolicyEvaluation> learn(
      SingleOutputStreamOperator<JoinedDecision> joined,
      DataStream<Control> control,
      Surfaces surfaces,
      Learning learning) {
    RegistrySettings registry = learning.registry();
    LearnerKeys keys = new LearnerKeys(surfaces, JobEnvironment.MAX_PARALLELISM);
    return joined
        .map(PackedFeatures::pack, ProtoTypeInformation.forMessage(JoinedDecision.class))
        .name("pack features")
        .uid(LearningNames.PACK)
        .keyBy(
            decision ->
                keys.of(
                    decision.getDecision().getSurface(), decision.getDecision().getDecisionId()),
            Types.STRING)
        .connect(control.broadcast(LearnFunction.CONTROL))
        .process(
            new LearnFunction(
                surfaces,
                keys,
                learning.factory(),
                registry == null ? null : registry.every(),
                learning.past(),
                Writer.starting(learning.epoch())),
            ProtoTypeInformation.forMessage(PolicyEvaluation.class))
        .name("predict, then learn")
        .uid(LearningNames.LEARN);
  }
}
