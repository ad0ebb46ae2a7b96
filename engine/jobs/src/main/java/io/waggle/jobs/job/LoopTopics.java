package io.waggle.jobs.job;

import com.google.protobuf.Message;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.record.EventTime;
import io.waggle.jobs.record.LoopSource;
import io.waggle.jobs.record.RecordDecoder;
import io.waggle.jobs.record.RecordRules;
import io.waggle.jobs.record.SourceRecord;
import io.waggle.jobs.record.TopicRecords;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Control;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The loop's topics as sources and sinks of a job, tuned for latency. */
public final class LoopTopics {
  private final JobSettings settings;

  public LoopTopics(JobSettings settings) {
    this.settings = settings;
  }

  /**
   * A topic's messages with event time; what cannot be decoded is on the returned operator's
   * dead-letter side output.
   *
   * @param uid prefix of the two operators' uids
   */
  public <T extends Message> SingleOutputStreamOperator<T> read(
      StreamExecutionEnvironment environment,
      String uid,
      String topic,
      Class<T> messageClass,
      RecordRules<T> rules) {
    return read(
        environment,
        uid,
        topic,
        messageClass,
        rules,
        EventTime.strategy(settings.disorder(), settings.silence()));
  }

  /**
   * What topic {@code control} says, from its beginning: it changes operators, is not an event and
   * so holds no event time back.
   */
  public SingleOutputStreamOperator<Control> readControl(
      StreamExecutionEnvironment environment, String uid, Surfaces surfaces) {
    return read(
        environment,
        uid,
        Topics.CONTROL,
        Control.class,
        RecordRules.control(surfaces),
        EventTime.none());
  }

  /** What is known of items, from the beginning; no event either. */
  public SingleOutputStreamOperator<Item> readItems(
      StreamExecutionEnvironment environment, String uid, Surfaces surfaces) {
    return read(
        environment, uid, Topics.ITEMS, Item.class, RecordRules.items(surfaces), EventTime.none());
  }

  /** What is published, from the beginning; no event either. */
  public SingleOutputStreamOperator<ModelSnapshot> readModels(
      StreamExecutionEnvironment environment, String uid) {
    return read(
        environment,
        uid,
        Topics.MODELS,
        ModelSnapshot.class,
        RecordRules.models(),
        EventTime.none());
  }

  private <T extends Message> SingleOutputStreamOperator<T> read(
      StreamExecutionEnvironment environment,
      String uid,
      String topic,
      Class<T> messageClass,
      RecordRules<T> rules,
      WatermarkStrategy<SourceRecord> eventTime) {
    SingleOutputStreamOperator<SourceRecord> records =
        environment
            .fromSource(
                LoopSource.of(
                    settings.kafka(), topic, settings.ownGroup() + "-" + uid + "-" + topic),
                eventTime,
                "read " + topic)
            .uid(uid + "-read-" + topic);
    return decode(records, uid, topic, messageClass, rules);
  }

  /** The decoding step alone, for records that come from elsewhere. */
  public static <T extends Message> SingleOutputStreamOperator<T> decode(
      SingleOutputStreamOperator<SourceRecord> records,
      String uid,
      String topic,
      Class<T> messageClass,
      RecordRules<T> rules) {
    return records
        .process(new RecordDecoder<>(topic, messageClass, rules))
        .returns(ProtoTypeInformation.forMessage(messageClass))
        .name("decode " + topic)
        .uid(uid + "-decode-" + topic);
  }

  /** A sink that writes at least once, at once; readers are idempotent by key and version. */
  public <T extends Message> Sink<T> write(TopicRecords<T> records) {
    return KafkaSink.<T>builder()
        .setKafkaProducerConfig(settings.kafka().properties())
        .setRecordSerializer(records)
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty("linger.ms", "0")
        .setProperty("acks", "all")
        .setProperty("max.request.size", Integer.toString(4 << 20))
        .build();
  }
}
