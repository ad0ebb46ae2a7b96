package io.waggle.jobs.job;

import com.google.protobuf.Message;
import io.waggle.state.serializer.ProtoTypeInformation;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.flink.util.function.SerializableFunction;

/**
 * The inputs of a job in this JVM: each plays the records given and then either ends or goes on
 * without records until the job is stopped, so that a savepoint has all of what was given. Uids
 * begin with {@code test-} and the run's name: a restored job reads what it is given from the
 * start, as its sources are others.
 */
final class Feed {
  /** What a run's uids begin with. */
  static final String UID = "test-";

  private static final Set<String> PLAYED = ConcurrentHashMap.newKeySet();

  private final StreamExecutionEnvironment environment;
  private final String run;
  private final boolean ends;
  private final String id = UUID.randomUUID().toString();
  private int inputs;

  Feed(StreamExecutionEnvironment environment, String run, boolean ends) {
    this.environment = environment;
    this.run = run;
    this.ends = ends;
  }

  /** An input with event time: a watermark behind each record. */
  <T extends Message> SingleOutputStreamOperator<T> events(
      String name, Class<T> messageClass, List<T> records, SerializableFunction<T, Long> time) {
    return play(
        name,
        messageClass,
        records,
        WatermarkStrategy.<T>forGenerator(context -> new BehindEach<>())
            .withTimestampAssigner((record, before) -> time.apply(record)));
  }

  /** An input that holds no event time back. */
  <T extends Message> SingleOutputStreamOperator<T> updates(
      String name, Class<T> messageClass, List<T> records) {
    return play(
        name, messageClass, records, WatermarkStrategy.forGenerator(context -> new EndOfTime<>()));
  }

  /** Waits until all inputs have played their records. */
  void awaitPlayed() throws InterruptedException {
    while (PLAYED.stream().filter(each -> each.startsWith(id)).count() < inputs) {
      Thread.sleep(5);
    }
  }

  private <T extends Message> SingleOutputStreamOperator<T> play(
      String name, Class<T> messageClass, List<T> records, WatermarkStrategy<T> eventTime) {
    inputs++;
    String uid = UID + run + "-" + name;
    return environment
        .fromSequence(0, ends ? records.size() : Long.MAX_VALUE)
        .uid(uid)
        .setParallelism(1)
        .flatMap(new Player<>(id + "/" + name, List.copyOf(records)))
        .returns(ProtoTypeInformation.forMessage(messageClass))
        .uid(uid + "-play")
        .setParallelism(1)
        .assignTimestampsAndWatermarks(eventTime)
        .uid(uid + "-time")
        .setParallelism(1);
  }

  private static final class Player<T> implements FlatMapFunction<Long, T> {
    private static final long serialVersionUID = 1L;
    private final String id;
    private final List<T> records;

    Player(String id, List<T> records) {
      this.id = id;
      this.records = records;
    }

    @Override
    public void flatMap(Long number, Collector<T> out) throws InterruptedException {
      if (number < records.size()) {
        out.collect(records.get(number.intValue()));
      } else if (PLAYED.contains(id)) {
        Thread.sleep(5);
      } else {
        PLAYED.add(id);
      }
    }
  }

  private static final class BehindEach<T> implements WatermarkGenerator<T> {
    private long newestMillis = Long.MIN_VALUE + 1;

    @Override
    public void onEvent(T record, long timeMillis, WatermarkOutput output) {
      newestMillis = Math.max(newestMillis, timeMillis);
      output.emitWatermark(new Watermark(newestMillis - 1));
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {}
  }

  private static final class EndOfTime<T> implements WatermarkGenerator<T> {
    @Override
    public void onEvent(T record, long timeMillis, WatermarkOutput output) {}

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
      output.emitWatermark(Watermark.MAX_WATERMARK);
    }
  }
}
