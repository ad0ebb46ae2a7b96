package io.waggle.jobs.job;

import static io.waggle.jobs.session.SessionNames.CATALOGUE_ITEMS_UID;
import static io.waggle.jobs.session.SessionNames.CATALOGUE_STATISTICS_UID;
import static io.waggle.jobs.session.SessionNames.DEAD_LETTERS_SINK_UID;
import static io.waggle.jobs.session.SessionNames.DECISIONS_SINK_UID;
import static io.waggle.jobs.session.SessionNames.EVENT_UID;
import static io.waggle.jobs.session.SessionNames.FOLD_UID;
import static io.waggle.jobs.session.SessionNames.ITEM_STATISTICS_SINK_UID;
import static io.waggle.jobs.session.SessionNames.ITEM_STATISTICS_UID;
import static io.waggle.jobs.session.SessionNames.JOB_UID;
import static io.waggle.jobs.session.SessionNames.RANKINGS_SINK_UID;
import static io.waggle.jobs.session.SessionNames.RANK_UID;
import static io.waggle.jobs.session.SessionNames.SESSIONS_SINK_UID;
import static io.waggle.jobs.session.SessionNames.SIGNALS_SINK_UID;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.jobs.record.RecordRules;
import io.waggle.jobs.record.TopicRecords;
import io.waggle.jobs.session.CatalogueFilter;
import io.waggle.jobs.session.ItemStatisticsFunction;
import io.waggle.jobs.session.RankFunction;
import io.waggle.jobs.session.SessionFunction;
import io.waggle.jobs.signal.SignalStreams;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.session.SignalFold;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.RankUpdate;
import io.waggle.v1.Session;
import io.waggle.v1.SessionEvent;
import io.waggle.v1.Signal;
import io.waggle.v1.WatchRankingsResponse;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * The session job: interactions by user become sessions, and rankings made from them.
 *
 * <pre>
 * interactions ─┬──────────────────────────────▶┐
 *               └▶ signal gate ─▶ one CEP       │              ┌▶ sessions
 *                  operator a signal ─┬─────────┼▶ fold ───────┼▶ count (by item) ─▶ item-statistics
 *                                     ▼         │  (by user)   │         │
 *                                  signals      │              └▶ rank ──┼─▶ rankings, decisions
 * rank-requests ───────────────────────────────▶┘                 ▲      │
 * models, control, items ──────────── broadcast ──────────────────┴──────┘
 * </pre>
 */
public final class SessionJob {
  /** The name that the job runs under. */
  public static final String NAME = "waggle session";

  /** What the job reads: decoded messages with event time, and beside them their dead letters. */
  public record Inputs(
      SingleOutputStreamOperator<Interaction> interactions,
      SingleOutputStreamOperator<RankRequest> rankRequests,
      SingleOutputStreamOperator<ModelSnapshot> models,
      SingleOutputStreamOperator<Control> control,
      SingleOutputStreamOperator<Item> items) {}

  /** Where the job's output goes. */
  public record Outputs(
      Sink<Session> sessions,
      Sink<Signal> signals,
      Sink<WatchRankingsResponse> rankings,
      Sink<Decision> decisions,
      Sink<ItemStatistics> itemStatistics,
      Sink<DeadLetter> deadLetters) {}

  private SessionJob() {}

  /** The job over the loop's topics; the environment is one of {@link JobEnvironment}. */
  public static void define(
      StreamExecutionEnvironment environment, JobSettings settings, Surfaces surfaces) {
    environment.setParallelism(settings.parallelism());
    LoopTopics topics = new LoopTopics(settings);
    define(read(environment, topics, surfaces), write(topics), surfaces);
  }

  /** The same topology over any sources and outputs. */
  public static void define(Inputs inputs, Outputs outputs, Surfaces surfaces) {
    SignalStreams found = SignalStreams.of(inputs.interactions(), surfaces);
    SingleOutputStreamOperator<RankTask> folded = fold(inputs, found, surfaces);
    SingleOutputStreamOperator<ItemStatistics> statistics =
        countItems(folded.getSideOutput(SessionFunction.ITEM_INTERACTIONS), surfaces);
    SingleOutputStreamOperator<WatchRankingsResponse> ranked =
        rank(folded, updates(inputs, statistics, surfaces), surfaces);
    folded
        .getSideOutput(SessionFunction.SESSIONS)
        .sinkTo(outputs.sessions())
        .name("write sessions")
        .uid(SESSIONS_SINK_UID);
    statistics
        .sinkTo(outputs.itemStatistics())
        .name("write item statistics")
        .uid(ITEM_STATISTICS_SINK_UID);
    ranked.sinkTo(outputs.rankings()).name("write rankings").uid(RANKINGS_SINK_UID);
    ranked
        .getSideOutput(RankFunction.DECISIONS)
        .sinkTo(outputs.decisions())
        .name("write decisions")
        .uid(DECISIONS_SINK_UID);
    DataStream<DeadLetter> deadLetters = deadLetters(inputs, ranked);
    if (found != null) {
      found.signals().sinkTo(outputs.signals()).name("write signals").uid(SIGNALS_SINK_UID);
      deadLetters = deadLetters.union(found.deadLetters());
    }
    deadLetters.sinkTo(outputs.deadLetters()).name("write dead letters").uid(DEAD_LETTERS_SINK_UID);
  }

  private static Inputs read(
      StreamExecutionEnvironment environment, LoopTopics topics, Surfaces surfaces) {
    return new Inputs(
        topics.read(
            environment,
            JOB_UID,
            Topics.INTERACTIONS,
            Interaction.class,
            RecordRules.interactions(surfaces)),
        topics.read(
            environment,
            JOB_UID,
            Topics.RANK_REQUESTS,
            RankRequest.class,
            RecordRules.rankRequests(surfaces)),
        topics.read(environment, JOB_UID, Topics.MODELS, ModelSnapshot.class, RecordRules.models()),
        topics.readControl(environment, JOB_UID, surfaces),
        topics.readItems(environment, JOB_UID, surfaces));
  }

  private static Outputs write(LoopTopics topics) {
    return new Outputs(
        topics.write(
            TopicRecords.of(Topics.SESSIONS, Session::getUserId, SignalFold::newestEventMillis)
                .tombstoneWhen(session -> session.getVersion() == 0)),
        topics.write(TopicRecords.of(Topics.SIGNALS, Signal::getUserId, Signal::getEndedMillis)),
        topics.write(
            TopicRecords.of(
                Topics.RANKINGS,
                WatchRankingsResponse::getUserId,
                WatchRankingsResponse::getCreatedMillis)),
        topics.write(
            TopicRecords.of(
                Topics.DECISIONS, Decision::getDecisionId, Decision::getEventTimeMillis)),
        topics.write(
            TopicRecords.of(
                    Topics.ITEM_STATISTICS,
                    (ItemStatistics item) -> Topics.itemKey(item.getSurface(), item.getItemId()),
                    ItemStatistics::getUpdatedMillis)
                .tombstoneWhen(item -> item.getVersion() == 0)),
        topics.write(
            TopicRecords.of(
                Topics.DEAD_LETTERS,
                letter -> letter.getKey().toStringUtf8(),
                DeadLetter::getRejectedMillis)));
  }

  private static SingleOutputStreamOperator<RankTask> fold(
      Inputs inputs, @Nullable SignalStreams found, Surfaces surfaces) {
    DataStream<SessionEvent> events =
        event(
            inputs.rankRequests(),
            Topics.RANK_REQUESTS,
            request -> SessionEvent.newBuilder().setRequest(request).build());
    if (found != null) {
      events =
          events.union(
              event(
                  found.signals(),
                  Topics.SIGNALS,
                  signal -> SessionEvent.newBuilder().setSignal(signal).build()));
    }
    return inputs
        .interactions()
        .keyBy(Interaction::getUserId, Types.STRING)
        .connect(events.keyBy(SessionJob::userId, Types.STRING))
        .process(new SessionFunction(surfaces), ProtoTypeInformation.forMessage(RankTask.class))
        .name("fold sessions")
        .uid(FOLD_UID);
  }

  private static SingleOutputStreamOperator<ItemStatistics> countItems(
      DataStream<Interaction> interactions, Surfaces surfaces) {
    return interactions
        .keyBy(ItemStatisticsFunction::key, Types.STRING)
        .process(
            new ItemStatisticsFunction(surfaces),
            ProtoTypeInformation.forMessage(ItemStatistics.class))
        .name("count items")
        .uid(ITEM_STATISTICS_UID);
  }

  private static <T> DataStream<SessionEvent> event(
      DataStream<T> input, String topic, MapFunction<T, SessionEvent> as) {
    return input
        .map(as)
        .returns(ProtoTypeInformation.forMessage(SessionEvent.class))
        .setParallelism(input.getParallelism())
        .name("hand " + topic + " to sessions")
        .uid(EVENT_UID + "-" + topic);
  }

  private static String userId(SessionEvent event) {
    return event.hasSignal() ? event.getSignal().getUserId() : event.getRequest().getUserId();
  }

  private static SingleOutputStreamOperator<WatchRankingsResponse> rank(
      DataStream<RankTask> tasks, DataStream<RankUpdate> updates, Surfaces surfaces) {
    // The fold's output is keyed as its input was: no second shuffle.
    return DataStreamUtils.reinterpretAsKeyedStream(
            tasks, task -> task.getRequest().getUserId(), Types.STRING)
        .connect(
            updates.broadcast(
                RankFunction.MODEL_PARTS,
                RankFunction.CONTROL,
                RankFunction.CATALOGUE_ITEMS,
                RankFunction.CATALOGUE_STATISTICS))
        .process(
            new RankFunction(surfaces),
            ProtoTypeInformation.forMessage(WatchRankingsResponse.class))
        .name("rank")
        .uid(RANK_UID);
  }

  private static DataStream<RankUpdate> updates(
      Inputs inputs, SingleOutputStreamOperator<ItemStatistics> statistics, Surfaces surfaces) {
    return update(
            inputs.models(), Topics.MODELS, part -> RankUpdate.newBuilder().setModel(part).build())
        .union(
            update(
                inputs.control(),
                Topics.CONTROL,
                control -> RankUpdate.newBuilder().setControl(control).build()),
            update(
                inputs
                    .items()
                    .filter(CatalogueFilter.items(surfaces))
                    .setParallelism(inputs.items().getParallelism())
                    .name("items of catalogues")
                    .uid(CATALOGUE_ITEMS_UID),
                Topics.ITEMS,
                item -> RankUpdate.newBuilder().setItem(item).build()),
            update(
                statistics
                    .filter(CatalogueFilter.statistics(surfaces))
                    .setParallelism(statistics.getParallelism())
                    .name("statistics of catalogues")
                    .uid(CATALOGUE_STATISTICS_UID),
                Topics.ITEM_STATISTICS,
                item -> RankUpdate.newBuilder().setItemStatistics(item).build()));
  }

  /** As many subtasks as before it, so that a topic's order stays. */
  private static <T> DataStream<RankUpdate> update(
      SingleOutputStreamOperator<T> input, String topic, MapFunction<T, RankUpdate> as) {
    return input
        .map(as)
        .returns(ProtoTypeInformation.forMessage(RankUpdate.class))
        .setParallelism(input.getParallelism())
        .name("hand on " + topic)
        .uid(JOB_UID + "-hand-on-" + topic);
  }

  private static DataStream<DeadLetter> deadLetters(
      Inputs inputs, SingleOutputStreamOperator<?> ranked) {
    return inputs
        .interactions()
        .getSideOutput(DeadLetters.TAG)
        .union(
            inputs.rankRequests().getSideOutput(DeadLetters.TAG),
            inputs.models().getSideOutput(DeadLetters.TAG),
            inputs.control().getSideOutput(DeadLetters.TAG),
            inputs.items().getSideOutput(DeadLetters.TAG),
            ranked.getSideOutput(DeadLetters.TAG));
  }
}
