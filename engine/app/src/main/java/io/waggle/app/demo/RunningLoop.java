package io.waggle.app.demo;

import io.waggle.server.ServerFigures;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** A loop that readers can come to, wherever it runs. One thread. */
public interface RunningLoop {
  /** Port on the loopback interface of the ranking service that readers use. */
  int port();

  /** The pages of metrics of every ranking service. */
  List<URI> services();

  /** The pages of metrics of the jobs. */
  List<URI> jobs();

  /** The broker, as {@code host:port}. */
  String bootstrapServers();

  /** What the service that readers use has seen since it started or the demo began. */
  ServerFigures figures() throws IOException, InterruptedException;

  /**
   * Returns while it runs.
   *
   * @throws RuntimeException with the reason when it has ended by itself
   */
  void check();

  /** A page on the loopback interface. */
  static URI page(int port) {
    return URI.create("http://127.0.0.1:" + port + "/metrics");
  }
}
