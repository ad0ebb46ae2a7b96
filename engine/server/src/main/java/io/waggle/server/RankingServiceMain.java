package io.waggle.server;

import io.waggle.core.config.ConfigFile;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the ranking service until the process is told to end: {@code --config FILE}, see {@link
 * ServiceConfig}.
 */
public final class RankingServiceMain {
  private static final Logger LOG = LoggerFactory.getLogger(RankingServiceMain.class);

  private RankingServiceMain() {}

  /**
   * Reads the configuration, serves, and closes in order on SIGTERM.
   *
   * @throws IllegalArgumentException when the configuration is wrong, as {@code name: value
   *     (expected: ...)}
   * @throws InterruptedException when the main thread is interrupted
   */
  public static void main(String[] arguments) throws InterruptedException {
    if (arguments.length != 2 || !arguments[0].equals("--config")) {
      throw new IllegalArgumentException("usage: --config FILE");
    }
    RankingServer server;
    try {
      ServiceConfig config = ConfigFile.read(Path.of(arguments[1]), ServiceConfig.class);
      server = RankingServer.start(config.settings(), config.loadSurfaces());
    } catch (IllegalArgumentException e) {
      // Whoever wrote the file is told what is wrong with it, not where it was noticed.
      LOG.error("The ranking service does not start: {}", e.getMessage());
      System.exit(1);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "close ranking service"));
    LOG.info("ranking service listens on port {}", server.port());
    new CountDownLatch(1).await();
  }
}
