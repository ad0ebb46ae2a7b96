package io.waggle.jobs.job;

import com.google.protobuf.Message;
import io.waggle.state.serializer.ProtoTypeInformation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimitedSourceReader;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
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

  /** By input, as a job has copies of its sources. */
  private static final Map<String, CountDownLatch> PLAYED = new ConcurrentHashMap<>();

  private final StreamExecutionEnvironment environment;
  private final String run;
  private final boolean ends;
  private final List<CountDownLatch> inputs = new ArrayList<>();

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
    for (CountDownLatch input : inputs) {
      input.await();
    }
  }

  private <T extends Message> SingleOutputStreamOperator<T> play(
      String name, Class<T> messageClass, List<T> records, WatermarkStrategy<T> eventTime) {
    String uid = UID + run + "-" + name;
    String id = UUID.randomUUID().toString();
    CountDownLatch played = new CountDownLatch(1);
    PLAYED.put(id, played);
    inputs.add(played);
    return environment
        .fromSource(
            new Numbers(id, records.size(), ends), WatermarkStrategy.noWatermarks(), "numbers")
        .uid(uid)
        .setParallelism(1)
        .flatMap(new ByNumber<>(List.copyOf(records)))
        .returns(ProtoTypeInformation.forMessage(messageClass))
        .uid(uid + "-play")
        .setParallelism(1)
        .assignTimestampsAndWatermarks(eventTime)
        .uid(uid + "-time")
        .setParallelism(1);
  }

  /** As many numbers as records; then its latch opens, and it ends or idles. */
  private static final class Numbers extends NumberSequenceSource {
    private static final long serialVersionUID = 1L;
    private final String id;
    private final int records;
    private final boolean ends;

    Numbers(String id, int records, boolean ends) {
      // One more than there are records: a sequence has at least one number.
      super(0, records);
      this.id = id;
      this.records = records;
      this.ends = ends;
    }

    @Override
    public SourceReader<Long, NumberSequenceSplit> createReader(SourceReaderContext context) {
      return new RateLimitedSourceReader<>(super.createReader(context), limiter());
    }

    private RateLimiter<NumberSequenceSplit> limiter() {
      AtomicInteger asked = new AtomicInteger();
      return count -> {
        if (asked.addAndGet(count) <= records) {
          return CompletableFuture.completedFuture(null);
        }
        Objects.requireNonNull(PLAYED.get(id)).countDown();
        return ends ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
      };
    }
  }

  private static final class ByNumber<T> implements FlatMapFunction<Long, T> {
    private static final long serialVersionUID = 1L;
    private final List<T> records;

    ByNumber(List<T> records) {
      this.records = records;
    }

    @Override
    public void flatMap(Long number, Collector<T> out) {
      if (number < records.size()) {
        out.collect(records.get(number.intValue()));
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
