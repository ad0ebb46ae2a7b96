package io.waggle.jobs.job;

import static io.waggle.jobs.session.SessionFixture.START;
import static io.waggle.jobs.session.SessionFixture.click;
import static io.waggle.jobs.session.SessionFixture.request;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.Message;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.RecordRules;
import io.waggle.jobs.record.SourceRecord;
import io.waggle.jobs.session.SessionFixture;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RejectReason;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import io.waggle.v1.WatchRankingsResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole topology on a mini cluster, from records in memory to records in memory. */
class SessionJobITCase {
  private static final Surfaces SURFACES = SessionFixture.surfaces();

  private final CollectingSink<Session> sessions = new CollectingSink<>();
  private final CollectingSink<Signal> signals = new CollectingSink<>();
  private final CollectingSink<WatchRankingsResponse> rankings = new CollectingSink<>();
  private final CollectingSink<Decision> decisions = new CollectingSink<>();
  private final CollectingSink<ItemStatistics> itemStatistics = new CollectingSink<>();
  private final CollectingSink<DeadLetter> deadLetters = new CollectingSink<>();

  @Test
  void recordsBecomeSessionsRankingsDecisionsAndDeadLetters(@TempDir Path directory)
      throws Exception {
    List<SourceRecord> interactions = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      interactions.add(
          record(Topics.INTERACTIONS, i, click("front", "u" + i % 3, "i" + i, START + i * 1000L)));
    }
    interactions.add(interactions.get(0));
    interactions.add(record(Topics.INTERACTIONS, 31, click("nowhere", "u", "i31", START)));
    interactions.add(new SourceRecord(Topics.INTERACTIONS, 0, 32, START, bytes("u"), bytes("?")));
    List<SourceRecord> requests =
        List.of(
            record(Topics.RANK_REQUESTS, 0, request("quiet", "u0", "d1")),
            record(Topics.RANK_REQUESTS, 1, request("quiet", "", "d2")),
            record(Topics.RANK_REQUESTS, 2, request("quiet", "u1", "")),
            record(
                Topics.RANK_REQUESTS,
                3,
                request("quiet", "u1", "d4").toBuilder()
                    .setItems(ItemSelection.getDefaultInstance())
                    .build()));

    run(directory, interactions, requests);

    assertThat(sessions.elements()).hasSize(30).allMatch(session -> session.getVersion() > 0);
    assertThat(newestVersions()).isEqualTo(Map.of("u0", 10L, "u1", 10L, "u2", 10L));
    assertThat(rankings.elements())
        .filteredOn(ranking -> !ranking.getInteractionId().isEmpty())
        .as("without a model the order never changes")
        .extracting(WatchRankingsResponse::getUserId)
        .containsExactlyInAnyOrder("u0", "u1", "u2");
    assertThat(rankings.elements())
        .filteredOn(ranking -> ranking.getInteractionId().isEmpty())
        .extracting(ranking -> ranking.getRanking().getDecisionId())
        .containsExactlyInAnyOrder("d1", "rank-requests-0-2");
    assertThat(decisions.elements())
        .extracting(Decision::getDecisionId)
        .containsExactlyInAnyOrderElementsOf(
            rankings.elements().stream()
                .map(ranking -> ranking.getRanking().getDecisionId())
                .toList());
    assertThat(deadLetters.elements())
        .extracting(DeadLetter::getTopic, DeadLetter::getOffset, DeadLetter::getReason)
        .containsExactlyInAnyOrder(
            tuple(Topics.INTERACTIONS, 31L, RejectReason.REJECT_REASON_UNKNOWN_SURFACE),
            tuple(Topics.INTERACTIONS, 32L, RejectReason.REJECT_REASON_MALFORMED),
            tuple(Topics.RANK_REQUESTS, 1L, RejectReason.REJECT_REASON_INVALID),
            tuple(Topics.RANK_REQUESTS, 3L, RejectReason.REJECT_REASON_INVALID));
  }

  @Test
  void theSameRecordsGiveTheSameDecisionsAgain(@TempDir Path directory) throws Exception {
    List<SourceRecord> interactions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      interactions.add(
          record(Topics.INTERACTIONS, i, click("front", "u" + i % 4, "i" + i, START + i * 1000L)));
    }

    run(directory.resolve("first"), interactions, List.of());
    List<Decision> first = List.copyOf(decisions.elements());
    decisions.elements().clear();
    run(directory.resolve("second"), interactions, List.of());

    assertThat(first).hasSize(4);
    assertThat(decisions.elements()).containsExactlyInAnyOrderElementsOf(first);
  }

  private void run(Path directory, List<SourceRecord> interactions, List<SourceRecord> requests)
      throws Exception {
    JobSettings settings = JobSettings.of("none:1", directory.toUri());
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(
            2, JobEnvironment.configuration(settings));
    SessionJob.define(
        new SessionJob.Inputs(
            source(
                environment,
                Topics.INTERACTIONS,
                Interaction.class,
                RecordRules.interactions(SURFACES),
                interactions),
            source(
                environment,
                Topics.RANK_REQUESTS,
                RankRequest.class,
                RecordRules.rankRequests(SURFACES),
                requests),
            source(
                environment, Topics.MODELS, ModelSnapshot.class, RecordRules.models(), List.of()),
            source(
                environment,
                Topics.CONTROL,
                Control.class,
                RecordRules.control(SURFACES),
                List.of()),
            source(environment, Topics.ITEMS, Item.class, RecordRules.items(SURFACES), List.of())),
        new SessionJob.Outputs(sessions, signals, rankings, decisions, itemStatistics, deadLetters),
        SURFACES);
    environment.execute("session");
  }

  private static <T extends Message> SingleOutputStreamOperator<T> source(
      StreamExecutionEnvironment environment,
      String topic,
      Class<T> messageClass,
      RecordRules<T> rules,
      List<SourceRecord> records) {
    SingleOutputStreamOperator<SourceRecord> source =
        environment
            .fromData(Types.POJO(SourceRecord.class), withNothing(records))
            .uid("test-" + topic)
            .setParallelism(1)
            .filter(record -> record.offset() >= 0)
            .uid("test-given-" + topic)
            .setParallelism(1)
            .assignTimestampsAndWatermarks(
                WatermarkStrategy.<SourceRecord>forBoundedOutOfOrderness(Duration.ofMillis(500))
                    .withTimestampAssigner((record, time) -> record.timestampMillis()))
            .uid("test-time-" + topic)
            .setParallelism(1);
    SingleOutputStreamOperator<T> decoded =
        LoopTopics.decode(source, "test", topic, messageClass, rules);
    return decoded.setParallelism(1);
  }

  /** A source in memory refuses to be empty. */
  private static SourceRecord[] withNothing(List<SourceRecord> records) {
    List<SourceRecord> all = new ArrayList<>(records);
    all.add(new SourceRecord("", 0, -1, START, bytes(""), bytes("")));
    return all.toArray(SourceRecord[]::new);
  }

  private Map<String, Long> newestVersions() {
    return sessions.elements().stream()
        .collect(Collectors.toMap(Session::getUserId, Session::getVersion, Math::max));
  }

  private static SourceRecord record(String topic, long offset, Message message) {
    return new SourceRecord(topic, 0, offset, START + offset, bytes("key"), message.toByteArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
