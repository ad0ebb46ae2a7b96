package io.waggle.app.cluster;

import io.waggle.app.embedded.EmbeddedKafka;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A Kafka broker as a process: {@code DIR PORT}; closes in order on SIGTERM. */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    EmbeddedKafka kafka =
        EmbeddedKafka.start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "close broker"));
    new CountDownLatch(1).await();
  }
}
