package io.waggle.benchmarks.sessions;

import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.record.EventTime;
import io.waggle.jobs.record.LoopSource;
import io.waggle.jobs.record.SourceRecord;
import io.waggle.state.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The least that a job does which keeps something by user: the session job's source, its key, one
 * value read and written in RocksDB, its sink. Nothing is decoded or checked, there are no timers,
 * and bytes stay bytes.
 */
final class LeastJob {
  /** Where it writes. */
  static final String TOPIC = "least-job";

  /** In the names of its threads. */
  static final String OPERATOR = "touch state";

  private LeastJob() {}

  /**
   * A user and the value.
   *
   * @param value not copied
   */
  public record Kept(String userId, byte[] value) {}

  static void define(
      StreamExecutionEnvironment environment, JobSettings settings, SessionSizes sizes) {
    environment.setParallelism(settings.parallelism());
    environment
        .fromSource(
            LoopSource.of(settings.kafka(), Topics.INTERACTIONS, "least-job"),
            EventTime.strategy(settings.disorder(), settings.silence()),
            "read " + Topics.INTERACTIONS)
        .uid("least-read")
        .keyBy(LeastJob::userId, Types.STRING)
        .process(new TouchState(sizes), Types.POJO(Kept.class))
        .name(OPERATOR)
        .uid("least-touch")
        .sinkTo(
            KafkaSink.<Kept>builder()
                .setBootstrapServers(settings.bootstrapServers())
                .setRecordSerializer(new Records())
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setProperty("linger.ms", "0")
                .setProperty("acks", "all")
                .build())
        .name("write")
        .uid("least-write");
  }

  private static String userId(SourceRecord record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  /** One state access a record. */
  private static final class TouchState extends KeyedProcessFunction<String, SourceRecord, Kept> {
    private static final long serialVersionUID = 1L;

    private final SessionSizes sizes;
    private transient @Nullable ValueState<byte[]> state;

    TouchState(SessionSizes sizes) {
      this.sizes = sizes;
    }

    @Override
    public void open(OpenContext context) {
      state =
          getRuntimeContext()
              .getState(
                  new ValueStateDescriptor<>(
                      "value", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(SourceRecord record, Context context, Collector<Kept> out)
        throws Exception {
      ValueState<byte[]> value = Objects.requireNonNull(state, "open was not called");
      byte[] after = sizes.next(context.getCurrentKey(), value.value());
      value.update(after);
      out.collect(new Kept(context.getCurrentKey(), after));
    }
  }

  private static final class Records implements KafkaRecordSerializationSchema<Kept> {
    private static final long serialVersionUID = 1L;

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Kept kept, KafkaSinkContext context, @Nullable Long timestamp) {
      return new ProducerRecord<>(
          TOPIC, kept.userId().getBytes(StandardCharsets.UTF_8), kept.value());
    }
  }
}
