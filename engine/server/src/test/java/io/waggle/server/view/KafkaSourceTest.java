package io.waggle.server.view;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.core.config.KafkaConnection;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** What a view says of brokers that it cannot read from; readiness tells it to the operator. */
class KafkaSourceTest {
  @Test
  void brokersThatDoNotAnswerAreNamed() {
    try (KafkaSource kafka =
        new KafkaSource(KafkaConnection.plain("127.0.0.1:1"), Duration.ofMillis(200))) {
      assertThatThrownBy(() -> kafka.of("sessions"))
          .isInstanceOf(KafkaException.class)
          .hasMessage("no answer from Kafka at 127.0.0.1:1");
    }
  }
}
