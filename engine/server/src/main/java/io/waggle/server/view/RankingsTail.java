package io.waggle.server.view;

import com.google.protobuf.InvalidProtocolBufferException;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.v1.WatchRankingsResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads rankings from now on and hands them to whoever watches. Nothing is kept: after a failure it
 * goes on at the end, as a ranking that is late is of no use. Runs on its {@link ReaderThread}.
 */
final class RankingsTail implements TopicReader {
  private final String topic;
  private final Consumer<WatchRankingsResponse> watchers;
  private final ViewMetrics metrics;

  RankingsTail(String topic, Consumer<WatchRankingsResponse> watchers, ViewMetrics metrics) {
    this.topic = topic;
    this.watchers = watchers;
    this.metrics = metrics;
  }

  @Override
  public void start(org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("topic " + topic + " has no partitions");
    }
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    // Seeking is lazy: asking for the positions makes "from now on" mean now.
    partitions.forEach(consumer::position);
  }

  @Override
  public void poll(
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer, Duration timeout) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(timeout)) {
      metrics.applied(1);
      if (record.value() == null) {
        metrics.unreadable();
        continue;
      }
      try {
        watchers.accept(WatchRankingsResponse.parseFrom(record.value()));
      } catch (InvalidProtocolBufferException e) {
        metrics.unreadable();
      }
    }
  }

  @Override
  public void failed(RuntimeException reason) {}
}
