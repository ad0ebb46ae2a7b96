package io.waggle.benchmarks.load;

import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings;
import java.nio.file.Path;
import java.time.Duration;

/** Ranking services in this JVM as they are deployed, over a {@link LoadedBroker}. */
final class ServiceUnderLoad {
  private static final Duration READY_PATIENCE = Duration.ofMinutes(2);

  private ServiceUnderLoad() {}

  /**
   * Starts one; returns when it is ready.
   *
   * @param port 0: any free one
   * @param views directory of its views
   */
  static RankingServer start(
      LoadedBroker broker, int port, Path views, ServerSettings.Turnover turnover)
      throws InterruptedException {
    RankingServer server =
        RankingServer.start(
            ServerSettings.of("127.0.0.1", port, broker.bootstrapServers(), views)
                .withTurnover(turnover),
            LoadedBroker.surfaces());
    if (!server.awaitReady(READY_PATIENCE)) {
      server.close();
      throw new IllegalStateException(
          "the service is not ready: " + String.join("; ", server.missing()));
    }
    return server;
  }
}
