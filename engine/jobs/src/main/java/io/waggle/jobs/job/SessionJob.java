package io.waggle.jobs.job;

import static io.waggle.jobs.session.SessionOperators.DEAD_LETTERS_SINK_UID;
import static io.waggle.jobs.session.SessionOperators.DECISIONS_SINK_UID;
import static io.waggle.jobs.session.SessionOperators.FOLD_UID;
import static io.waggle.jobs.session.SessionOperators.JOB_UID;
import static io.waggle.jobs.session.SessionOperators.RANKINGS_SINK_UID;
import static io.waggle.jobs.session.SessionOperators.RANK_UID;
import static io.waggle.jobs.session.SessionOperators.SESSIONS_SINK_UID;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.DeadLetters;
import io.waggle.jobs.record.RecordRules;
import io.waggle.jobs.record.TopicRecords;
import io.waggle.jobs.session.RankFunction;
import io.waggle.jobs.session.SessionFunction;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import io.waggle.v1.Session;
import io.waggle.v1.WatchRankingsResponse;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The session job: interactions by user become sessions, and rankings made from them.
 *
 * <pre>
 * interactions  ─┐                        ┌▶ sessions
 * rank-requests ─┴▶ fold (by user) ───────┤
 *                                         └▶ rank ─▶ rankings, decisions
 * models ───────────── broadcast ────────────┘
 * </pre>
 */
public final class SessionJob {
  /** What the job reads: decoded messages with event time, and beside them their dead letters. */
  public record Sources(
      SingleOutputStreamOperator<Interaction> interactions,
      SingleOutputStreamOperator<RankRequest> rankRequests,
      SingleOutputStreamOperator<ModelSnapshot> models) {}

  /** Where the job's output goes. */
  public record Sinks(
      Sink<Session> sessions,
      Sink<WatchRankingsResponse> rankings,
      Sink<Decision> decisions,
      Sink<DeadLetter> deadLetters) {}

  private SessionJob() {}

  /** The job over the loop's topics; the environment is one of {@link JobEnvironment}. */
  public static void define(
      StreamExecutionEnvironment environment, JobSettings settings, Surfaces surfaces) {
    environment.setParallelism(settings.parallelism());
    LoopTopics topics = new LoopTopics(settings);
    define(read(environment, topics, surfaces), write(topics), surfaces);
  }

  /** The same topology over any sources and sinks. */
  public static void define(Sources sources, Sinks sinks, Surfaces surfaces) {
    SingleOutputStreamOperator<RankTask> folded = fold(sources, surfaces);
    SingleOutputStreamOperator<WatchRankingsResponse> ranked =
        rank(folded, sources.models(), surfaces);
    folded
        .getSideOutput(SessionFunction.SESSIONS)
        .sinkTo(sinks.sessions())
        .name("write sessions")
        .uid(SESSIONS_SINK_UID);
    ranked.sinkTo(sinks.rankings()).name("write rankings").uid(RANKINGS_SINK_UID);
    ranked
        .getSideOutput(RankFunction.DECISIONS)
        .sinkTo(sinks.decisions())
        .name("write decisions")
        .uid(DECISIONS_SINK_UID);
    deadLetters(sources, ranked)
        .sinkTo(sinks.deadLetters())
        .name("write dead letters")
        .uid(DEAD_LETTERS_SINK_UID);
  }

  private static Sources read(
      StreamExecutionEnvironment environment, LoopTopics topics, Surfaces surfaces) {
    return new Sources(
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
        topics.read(
            environment, JOB_UID, Topics.MODELS, ModelSnapshot.class, RecordRules.models()));
  }

  private static Sinks write(LoopTopics topics) {
    return new Sinks(
        topics.write(
            TopicRecords.of(Topics.SESSIONS, Session::getUserId, Session::getLastMillis)
                .tombstoneWhen(session -> session.getVersion() == 0)),
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
                Topics.DEAD_LETTERS,
                letter -> letter.getKey().toStringUtf8(),
                DeadLetter::getRejectedMillis)));
  }

  private static SingleOutputStreamOperator<RankTask> fold(Sources sources, Surfaces surfaces) {
    return sources
        .interactions()
        .keyBy(Interaction::getUserId, Types.STRING)
        .connect(sources.rankRequests().keyBy(RankRequest::getUserId, Types.STRING))
        .process(new SessionFunction(surfaces), ProtoTypeInformation.forMessage(RankTask.class))
        .name("fold sessions")
        .uid(FOLD_UID);
  }

  private static SingleOutputStreamOperator<WatchRankingsResponse> rank(
      DataStream<RankTask> tasks, DataStream<ModelSnapshot> models, Surfaces surfaces) {
    return tasks
        .connect(models.broadcast(RankFunction.MODEL_PARTS))
        .process(
            new RankFunction(surfaces),
            ProtoTypeInformation.forMessage(WatchRankingsResponse.class))
        .name("rank")
        .uid(RANK_UID);
  }

  private static DataStream<DeadLetter> deadLetters(
      Sources sources, SingleOutputStreamOperator<?> ranked) {
    return sources
        .interactions()
        .getSideOutput(DeadLetters.TAG)
        .union(
            sources.rankRequests().getSideOutput(DeadLetters.TAG),
            sources.models().getSideOutput(DeadLetters.TAG),
            ranked.getSideOutput(DeadLetters.TAG));
  }
}
