package io.waggle.app.demo;

import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.server.ServerFigures;
import java.net.URI;
import java.util.List;

/** The loop in this process. */
public record EmbeddedLoop(EmbeddedWaggle waggle) implements RunningLoop {
  @Override
  public int port() {
    return waggle.port();
  }

  @Override
  public List<URI> services() {
    return List.of(RunningLoop.page(waggle.port()));
  }

  @Override
  public List<URI> jobs() {
    return List.of(RunningLoop.page(waggle.jobMetricsPort()));
  }

  @Override
  public String bootstrapServers() {
    return waggle.bootstrapServers();
  }

  @Override
  public ServerFigures figures() {
    return waggle.figures();
  }

  @Override
  public void check() {
    if (waggle.failure().isCompletedExceptionally()) {
      waggle.failure().join();
    }
  }
}
