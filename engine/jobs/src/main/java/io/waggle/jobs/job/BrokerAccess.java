package io.waggle.jobs.job;

import io.waggle.core.config.KafkaConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers once, before a job starts, whether they take what the client file says: a wrong
 * password is told in one line that names the file, before it is a stack of Kafka's and Flink's
 * exceptions with every restart. Brokers that do not answer keep no job from starting, since it
 * waits for them as well as this would.
 */
final class BrokerAccess {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Logger LOGGER = LoggerFactory.getLogger(BrokerAccess.class);

  private BrokerAccess() {}

  /**
   * Waits at most 10 seconds for an answer.
   *
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}: the settings are of no
   *     use, or the brokers refuse the credentials, or their certificate is not one to trust
   */
  static void require(KafkaConnection kafka) throws InterruptedException {
    try (Admin admin = admin(kafka)) {
      var unused =
          admin.describeCluster().clusterId().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthenticationException refusal) {
        throw new IllegalArgumentException(kafka.refused(String.valueOf(refusal.getMessage())));
      }
      unanswered(kafka, e);
    } catch (TimeoutException e) {
      unanswered(kafka, e);
    }
  }

  private static Admin admin(KafkaConnection kafka) {
    try {
      return Admin.create(
          kafka.client(
              Map.of(
                  AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                  (int) PATIENCE.toMillis(),
                  AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                  (int) PATIENCE.toMillis())));
    } catch (KafkaException e) {
      throw kafka.unusable(e);
    }
  }

  private static void unanswered(KafkaConnection kafka, Throwable failure) {
    LOGGER.warn(
        "bootstrapServers: {} (expected: brokers that answer, and a kafkaClientFile as they want"
            + " it; the job starts and waits for them): {}",
        kafka.bootstrapServers(),
        failure.toString());
  }
}
