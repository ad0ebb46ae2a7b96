package io.waggle.jobs.job;

import static io.waggle.jobs.TestRecords.cart;
import static io.waggle.jobs.TestRecords.click;
import static io.waggle.jobs.TestRecords.decision;
import static io.waggle.jobs.TestRecords.reward;
import static io.waggle.jobs.TestRecords.signal;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.model.ModelChanges;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.parquet.LogFilter;
import io.waggle.core.parquet.ParquetDecisionLog;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceControl;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.TestSurfaces;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.record.RecordRules;
import io.waggle.jobs.record.SourceRecord;
import io.waggle.jobs.registry.RegistrySettings;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import io.waggle.state.registry.ModelName;
import io.waggle.state.registry.ModelRegistry;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.LearnedExample;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.RegisteredModel;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Reward;
import io.waggle.v1.Signal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job's own topology on a mini cluster, with the records of two topics and Vowpal Wabbit. */
final class LearningJobITCase {
  private static final int DECISIONS = 200;

  private final Surfaces surfaces = TestSurfaces.named("home");

  @TempDir private Path directory;

  @Test
  @Timeout(120)
  void decisionsAndRewardsBecomeModelsEvaluationsAndDeadLetters() throws Exception {
    CollectingSink<ModelSnapshot> models = new CollectingSink<>();
    CollectingSink<PolicyEvaluation> evaluations = new CollectingSink<>();
    CollectingSink<LearnedExample> examples = new CollectingSink<>();
    CollectingSink<RegisteredModel> versions = new CollectingSink<>();
    CollectingSink<DeadLetter> deadLetters = new CollectingSink<>();

    run(
        new LearningJob.Outputs(
            models, evaluations, examples, versions, deadLetters, new CollectingSink<>(), null));

    PolicyEvaluation uniform = newest(evaluations.elements(), "uniform");
    assertThat(uniform.getCount()).isEqualTo(DECISIONS);
    // Every third of the 200 decisions was rewarded with one half.
    assertThat(uniform.getRewardSum()).isEqualTo(33.5);
    assertThat(newest(evaluations.elements(), "learner").getEventsLearned()).isEqualTo(DECISIONS);
    assertThat(examples.elements())
        .extracting(LearnedExample::getSequence)
        .isEqualTo(LongStream.rangeClosed(1, DECISIONS).boxed().toList());
    ServableModel model = newestModel(models.elements());
    assertThat(model.eventsLearned()).isEqualTo(DECISIONS);
    ModelRegistry registry = ModelRegistry.in(directory.resolve("registry"));
    ModelName name = new ModelName("home", "learner", model.version());
    assertThat(registry.bytes(name)).isEqualTo(model.bytes());
    assertThat(versions.elements()).contains(registry.show(name));
    assertThat(deadLetters.elements())
        .extracting(DeadLetter::getReason)
        .containsExactlyInAnyOrder(
            RejectReason.REJECT_REASON_MALFORMED,
            RejectReason.REJECT_REASON_UNKNOWN_SURFACE,
            RejectReason.REJECT_REASON_OUT_OF_RANGE);
  }

  @Test
  @Timeout(120)
  void everyDecisionLearnedIsARowOfTheDecisionLog() throws Exception {
    Path log = directory.resolve("log");

    run(
        new LearningJob.Outputs(
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            DecisionLogSettings.in(log.toUri())));

    List<LoggedDecision> rows = new ArrayList<>();
    try (ParquetDecisionLog reader =
        ParquetDecisionLog.open(log.resolve("surface=home/hour=1970-01-01-00"), LogFilter.ALL)) {
      for (LoggedDecision row = reader.next(); row != null; row = reader.next()) {
        rows.add(row);
      }
      assertThat(reader.counts().bad()).isEmpty();
    }
    assertThat(rows)
        .extracting(row -> row.joined().getDecision().getDecisionId())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, DECISIONS).mapToObj(i -> "d" + i).toList());
    assertThat(rows)
        .allSatisfy(
            row -> {
              Decision made = row.joined().getDecision();
              int number = Integer.parseInt(made.getDecisionId().substring(1));
              assertThat(row.joined().getReward()).isEqualTo(number % 3 == 0 ? 0.5 : 0);
              assertThat(made.toBuilder().clearPosition().build())
                  .isEqualTo(decision("home", "d" + number, 1_000 + number, number % 3));
            });
  }

  @Test
  @Timeout(120)
  void appThatOnlyTracksGetsItsPolicyTrained() throws Exception {
    CollectingSink<ModelSnapshot> models = new CollectingSink<>();
    CollectingSink<PolicyEvaluation> evaluations = new CollectingSink<>();
    CollectingSink<DeadLetter> deadLetters = new CollectingSink<>();
    Surfaces surfaces = TestSurfaces.deriving("home");

    run(
        new LearningJob.Outputs(
            models,
            evaluations,
            new CollectingSink<>(),
            new CollectingSink<>(),
            deadLetters,
            new CollectingSink<>(),
            null),
        surfaces,
        decisionsOfManyUsers(),
        // A source has at least one record; this one is an orphan.
        List.of(record(Topics.REWARDS, 0, 1_000, reward("home", "unknown", "r", 1_000, 0.5))),
        clicks(),
        cartsLeft());

    PolicyEvaluation uniform = newest(evaluations.elements(), "uniform");
    assertThat(uniform.getCount()).isEqualTo(DECISIONS);
    // Every user clicked on the action that every third decision had chosen: 0.25 each. Ten of the
    // users left it in their cart: -0.5 each, once.
    assertThat(uniform.getRewardSum()).isEqualTo(67 * 0.25 - 10 * 0.5);
    assertThat(newestModel(models.elements()).eventsLearned()).isEqualTo(DECISIONS);
    assertThat(deadLetters.elements()).isEmpty();
  }

  private static List<SourceRecord> decisionsOfManyUsers() {
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < DECISIONS; i++) {
      records.add(
          record(
              Topics.DECISIONS,
              i,
              1_000 + i,
              decision("home", "d" + i, 1_000 + i, i % 3).toBuilder().setUserId("u" + i).build()));
    }
    return records;
  }

  private static List<SourceRecord> clicks() {
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < DECISIONS; i++) {
      records.add(
          record(
              Topics.INTERACTIONS, i, 1_010 + i, click("home", "i" + i, "u" + i, "a", 1_010 + i)));
    }
    return records;
  }

  /** Of ten users whose decision chose what they left; each comes twice, half name the decision. */
  private static List<SourceRecord> cartsLeft() {
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int user = 3 * i;
      String named = i % 2 == 0 ? "d" + user : "";
      Signal left =
          signal(
              "home", "left", "u" + user, cart("c" + user, "a", named, 1_020 + user), 1_520 + user);
      records.add(record(Topics.SIGNALS, 2L * i, 1_520 + user, left));
      records.add(record(Topics.SIGNALS, 2L * i + 1, 1_520 + user, left));
    }
    return records;
  }

  private void run(LearningJob.Outputs outputs) throws Exception {
    run(outputs, surfaces, decisions(), rewards(), null, null);
  }

  private void run(
      LearningJob.Outputs outputs,
      Surfaces surfaces,
      List<SourceRecord> decisions,
      List<SourceRecord> rewards,
      @Nullable List<SourceRecord> interactions,
      @Nullable List<SourceRecord> signals)
      throws Exception {
    JobSettings settings = JobSettings.of("none", directory.toUri());
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(
            2, JobEnvironment.configuration(settings));
    LearningJob.Inputs inputs =
        new LearningJob.Inputs(
            source(
                environment,
                Topics.DECISIONS,
                decisions,
                Decision.class,
                RecordRules.decisions(surfaces)),
            source(
                environment, Topics.REWARDS, rewards, Reward.class, RecordRules.rewards(surfaces)),
            interactions == null
                ? null
                : source(
                    environment,
                    Topics.INTERACTIONS,
                    interactions,
                    Interaction.class,
                    RecordRules.interactions(surfaces)),
            signals == null
                ? null
                : source(
                    environment,
                    Topics.SIGNALS,
                    signals,
                    Signal.class,
                    RecordRules.signals(surfaces)),
            source(
                environment,
                Topics.CONTROL,
                control(surfaces),
                Control.class,
                RecordRules.control(surfaces)),
            null,
            settings.silence());
    LearningJob.define(
        inputs,
        outputs,
        surfaces,
        new LearningJob.Learning(
            VowpalWabbitLearner::open,
            null,
            RegistrySettings.in(directory.resolve("registry").toUri()),
            0));
    environment.execute(LearningJob.NAME);
  }

  /** A bounded source: event time ends when both topics have been read, so every reward joins. */
  private static <T extends Message> SingleOutputStreamOperator<T> source(
      StreamExecutionEnvironment environment,
      String topic,
      List<SourceRecord> records,
      Class<T> messageClass,
      RecordRules<T> rules) {
    SingleOutputStreamOperator<SourceRecord> source =
        environment
            .fromData(Types.POJO(SourceRecord.class), records.toArray(SourceRecord[]::new))
            .uid("records-" + topic)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<SourceRecord>noWatermarks()
                    .withTimestampAssigner((record, time) -> record.timestampMillis()))
            .uid("times-" + topic);
    return LoopTopics.decode(source, "test", topic, messageClass, rules);
  }

  private static List<SourceRecord> decisions() {
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < DECISIONS; i++) {
      records.add(
          record(Topics.DECISIONS, i, 1_000 + i, decision("home", "d" + i, 1_000 + i, i % 3)));
    }
    records.add(record(Topics.DECISIONS, DECISIONS, 2_000, decision("nowhere", "d", 2_000, 0)));
    return records;
  }

  /** A source in memory cannot be empty; what it says has been said by the file. */
  private static List<SourceRecord> control(Surfaces surfaces) {
    Surface home = surfaces.all().get(0);
    Control nothingNew =
        Control.newBuilder()
            .setCreatedMillis(1)
            .setSurface(home.config())
            .setFileFingerprint(SurfaceControl.fingerprint(home.config()))
            .build();
    return List.of(record(Topics.CONTROL, 0, 1, nothingNew));
  }

  private static List<SourceRecord> rewards() {
    List<SourceRecord> records = new ArrayList<>();
    for (int i = 0; i < DECISIONS; i += 3) {
      records.add(
          record(Topics.REWARDS, i, 1_010 + i, reward("home", "d" + i, "r" + i, 1_010 + i, 0.5)));
    }
    records.add(record(Topics.REWARDS, 1, 2_000, reward("home", "d1", "r1", 2_000, 7)));
    records.add(
        new SourceRecord(
            Topics.REWARDS, 0, 2, 2_000, new byte[0], "garbage".getBytes(StandardCharsets.UTF_8)));
    return records;
  }

  private static SourceRecord record(String topic, long offset, long timeMillis, Message message) {
    return new SourceRecord(topic, 0, offset, timeMillis, new byte[0], message.toByteArray());
  }

  private static PolicyEvaluation newest(List<PolicyEvaluation> evaluations, String policy) {
    return evaluations.stream()
        .filter(each -> each.getPolicy().equals(policy) && each.getSegment().equals("all"))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static ServableModel newestModel(List<ModelSnapshot> parts) {
    ModelAssembler assembler = ModelChanges.assembler();
    return parts.stream()
        .map(assembler::offer)
        .flatMap(Optional::stream)
        .reduce((first, second) -> second)
        .orElseThrow();
  }
}
