package io.waggle.jobs.record;

import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.waggle.core.rule.MessageRules;
import io.waggle.core.rule.Violation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.RejectReason;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into messages; what cannot be used leaves by {@link DeadLetters#TAG} with its
 * reason and position, so nothing is dropped and nothing kills the job. The tombstones of a
 * compacted topic are accepted, and handed on as the message that the topic's rules make of them,
 * where they do.
 *
 * <p>Metrics, by label {@code topic}: {@code records_read = records_accepted + records_rejected},
 * counted since the operator started.
 */
public final class RecordDecoder<T extends Message> extends ProcessFunction<SourceRecord, T> {
  private static final long serialVersionUID = 1L;

  /** A record this far ahead of the wall clock has a broken clock. */
  static final long FUTURE_MILLIS = 300_000;

  private final String topic;
  private final Class<T> messageClass;
  private final RecordRules<T> recordRules;

  private transient @Nullable Decoding<T> decoding;

  public RecordDecoder(String topic, Class<T> messageClass, RecordRules<T> recordRules) {
    this.topic = topic;
    this.messageClass = messageClass;
    this.recordRules = recordRules;
  }

  @Override
  @SuppressWarnings("unchecked") // a generated message's parser parses that message
  public void open(OpenContext context) {
    MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("topic", topic);
    decoding =
        new Decoding<>(
            (Parser<T>) Internal.getDefaultInstance(messageClass).getParserForType(),
            new MessageRules(),
            metrics.counter("records_read"),
            metrics.counter("records_accepted"),
            metrics.counter("records_rejected"));
  }

  @Override
  public void processElement(SourceRecord record, Context context, Collector<T> out) {
    Decoding<T> step = Objects.requireNonNull(decoding, "open was not called");
    long nowMillis = context.timerService().currentProcessingTime();
    step.read.inc();
    if (record.value().length == 0 && Topics.isCompacted(topic)) {
      step.accepted.inc();
      T gone = recordRules.gone(record);
      if (gone != null) {
        out.collect(gone);
      }
      return;
    }
    try {
      T message = recordRules.accept(step.decode(record, nowMillis), record);
      step.accepted.inc();
      out.collect(message);
    } catch (RejectedRecordException e) {
      step.rejected.inc();
      context.output(DeadLetters.TAG, DeadLetters.of(record, e.reason(), e.detail(), nowMillis));
    }
  }

  /** What the operator holds while it runs. */
  private record Decoding<T extends Message>(
      Parser<T> parser, MessageRules rules, Counter read, Counter accepted, Counter rejected) {

    T decode(SourceRecord record, long nowMillis) throws RejectedRecordException {
      if (record.value().length == 0) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_MALFORMED, "value: empty (expected: a message)");
      }
      if (record.timestampMillis() > nowMillis + FUTURE_MILLIS) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_FUTURE_TIME,
            "timestamp: %d ms ahead (expected: at most %d)"
                .formatted(record.timestampMillis() - nowMillis, FUTURE_MILLIS));
      }
      T message = parse(record.value());
      List<Violation> violations = rules.check(message);
      if (!violations.isEmpty()) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_INVALID,
            violations.stream().map(Violation::toString).collect(Collectors.joining("; ")));
      }
      return message;
    }

    private T parse(byte[] value) throws RejectedRecordException {
      try {
        return parser.parseFrom(value);
      } catch (InvalidProtocolBufferException e) {
        throw new RejectedRecordException(
            RejectReason.REJECT_REASON_MALFORMED, "value: " + e.getMessage());
      }
    }
  }
}
