package io.waggle.app.topics;

import io.waggle.core.config.KafkaConnection;
import io.waggle.state.topic.TopicPlan;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics on a broker. One thread; every call waits at most 30 seconds for an answer. */
public final class BrokerTopics implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KafkaConnection kafka;
  private final Admin admin;

  /**
   * Connects with the first call.
   *
   * @throws IllegalArgumentException when the addresses are no {@code host:port,...}, no name of
   *     them is known, or the client file is of no use
   */
  public BrokerTopics(KafkaConnection kafka) {
    this.kafka = kafka;
    try {
      admin =
          Admin.create(
              kafka.client(
                  Map.of(
                      AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis())));
    } catch (KafkaException e) {
      throw kafka.unusable(e);
    }
  }

  /**
   * Creates the planned topics that are not there yet; those that are stay as they are. Two callers
   * at a time do not disturb each other.
   *
   * @return the names of those created
   * @throws IllegalStateException when the broker does not answer or refuses
   */
  public List<String> create(List<TopicPlan> plans) {
    Set<String> present = names();
    List<NewTopic> missing =
        plans.stream()
            .filter(plan -> !present.contains(plan.name()))
            .map(BrokerTopics::definition)
            .toList();
    Set<String> created =
        admin.createTopics(missing).values().entrySet().stream()
            .filter(topic -> isCreated(topic.getKey(), topic.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    return missing.stream().map(NewTopic::name).filter(created::contains).toList();
  }

  private boolean isCreated(String name, KafkaFuture<Void> created) {
    try {
      answer(created, "create topic " + name);
      return true;
    } catch (IllegalStateException e) {
      if (e.getCause() instanceof TopicExistsException) {
        return false;
      }
      throw e;
    }
  }

  private static NewTopic definition(TopicPlan plan) {
    return new NewTopic(plan.name(), plan.partitions(), (short) plan.replicas())
        .configs(plan.configs());
  }

  /**
   * The planned topics that are there, by name.
   *
   * @throws IllegalStateException when the broker does not answer or refuses
   */
  Map<String, FoundTopic> find(List<TopicPlan> plans) {
    Set<String> present = names();
    List<String> wanted = plans.stream().map(TopicPlan::name).filter(present::contains).toList();
    Map<String, TopicDescription> descriptions =
        answer(admin.describeTopics(wanted).allTopicNames(), "describe the topics");
    Map<String, FoundTopic> found = new HashMap<>();
    answer(
            admin.describeConfigs(wanted.stream().map(BrokerTopics::resource).toList()).all(),
            "read the topics' settings")
        .forEach(
            (resource, config) -> {
              TopicDescription description = descriptions.get(resource.name());
              if (description != null) {
                found.put(resource.name(), found(description, config));
              }
            });
    return found;
  }

  private static FoundTopic found(TopicDescription description, Config config) {
    int replicas =
        description.partitions().stream()
            .mapToInt(partition -> partition.replicas().size())
            .min()
            .orElse(0);
    Map<String, String> settings =
        config.entries().stream()
            .filter(entry -> entry.value() != null)
            .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value));
    return new FoundTopic(description.partitions().size(), replicas, settings);
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private Set<String> names() {
    return answer(admin.listTopics().names(), "list the topics");
  }

  private <T> T answer(KafkaFuture<T> future, String what) {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while trying to " + what, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthenticationException refusal) {
        throw new IllegalStateException(kafka.refused(String.valueOf(refusal.getMessage())));
      }
      throw new IllegalStateException(
          "%s: cannot %s".formatted(kafka.bootstrapServers(), what), e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "%s: cannot %s: no answer in %d s"
              .formatted(kafka.bootstrapServers(), what, PATIENCE.toSeconds()),
          e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
