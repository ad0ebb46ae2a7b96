package io.waggle.app.replay;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.core.evaluate.SegmentedEvaluator;
import io.waggle.state.topic.Topics;
import io.waggle.v1.DeadLetter;
import io.waggle.v1.PolicyEvaluation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows {@code evaluations} and {@code dead-letters} from their beginning. One thread. */
final class EvaluationReader implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final int policies;
  private final Map<String, PolicyEvaluation> newest = new HashMap<>();
  private final Map<String, Long> deadLetters = new TreeMap<>();
  private long deadDecisions;
  private long heardNanos = System.nanoTime();

  EvaluationReader(String bootstrapServers, int policies) {
    this.policies = policies;
    consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : List.of(Topics.EVALUATIONS, Topics.DEAD_LETTERS)) {
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads what is there, or waits for it. */
  void poll(Duration atMost) throws InvalidProtocolBufferException {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(atMost)) {
      heardNanos = System.nanoTime();
      if (record.topic().equals(Topics.EVALUATIONS)) {
        PolicyEvaluation evaluation = PolicyEvaluation.parseFrom(record.value());
        if (evaluation.getSegment().equals(SegmentedEvaluator.ALL)) {
          newest.put(evaluation.getPolicy(), evaluation);
        }
      } else {
        DeadLetter letter = DeadLetter.parseFrom(record.value());
        deadLetters.merge(letter.getTopic() + ": " + letter.getDetail(), 1L, Long::sum);
        deadDecisions += letter.getTopic().equals(Topics.DECISIONS) ? 1 : 0;
      }
    }
  }

  /** Rows that every policy has been evaluated on, and those that the job refused. */
  long evaluated() {
    if (newest.size() < policies) {
      return deadDecisions;
    }
    return deadDecisions
        + newest.values().stream()
            .mapToLong(evaluation -> evaluation.getCount() + evaluation.getRejected())
            .min()
            .orElse(0);
  }

  /** The newest evaluation of a policy, over all decisions. */
  PolicyEvaluation newest(String policy) {
    return newest.getOrDefault(policy, PolicyEvaluation.getDefaultInstance());
  }

  /** Records that the job refused, by topic and reason. */
  Map<String, Long> deadLetters() {
    return Map.copyOf(deadLetters);
  }

  /** Time since the last record. */
  Duration silent() {
    return Duration.ofNanos(System.nanoTime() - heardNanos);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
