package io.waggle.app.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Records of a group's topics that its newest checkpoint has not read yet; what was read since then
 * counts as well.
 */
record Lag(String group, long records) {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  String line() {
    return "lag %-40s%d records behind its newest checkpoint".formatted(group, records);
  }

  /** Of every group of the broker, by name; empty when it does not answer within five seconds. */
  static List<Lag> of(String bootstrapServers) throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            (int) PATIENCE.toMillis());
    try (Admin admin = Admin.create(settings)) {
      return of(admin);
    } catch (ExecutionException | TimeoutException e) {
      return List.of();
    }
  }

  private static List<Lag> of(Admin admin)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, Lag> lags = new TreeMap<>();
    for (GroupListing group :
        admin.listGroups().all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      Map<TopicPartition, OffsetAndMetadata> read =
          admin
              .listConsumerGroupOffsets(group.groupId())
              .partitionsToOffsetAndMetadata()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      read.keySet().forEach(partition -> asked.put(partition, OffsetSpec.latest()));
      var ends = admin.listOffsets(asked).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      long records = 0;
      for (Map.Entry<TopicPartition, OffsetAndMetadata> one : read.entrySet()) {
        var end = ends.get(one.getKey());
        records += end == null ? 0 : Math.max(0, end.offset() - one.getValue().offset());
      }
      lags.put(group.groupId(), new Lag(group.groupId(), records));
    }
    return new ArrayList<>(lags.values());
  }
}
