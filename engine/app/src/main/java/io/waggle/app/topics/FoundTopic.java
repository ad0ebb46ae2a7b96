package io.waggle.app.topics;

import java.util.Map;

/**
 * A topic as the brokers have it.
 *
 * @param partitions how many
 * @param replicas copies of the partition that has fewest
 * @param configs all of Kafka's topic settings by name, defaults included
 */
record FoundTopic(int partitions, int replicas, Map<String, String> configs) {
  FoundTopic {
    configs = Map.copyOf(configs);
  }

  /**
   * A setting that every broker tells.
   *
   * @throws IllegalStateException when this one does not
   */
  String config(String name) {
    String value = configs.get(name);
    if (value == null) {
      throw new IllegalStateException(name + ": not told by the broker");
    }
    return value;
  }
}
