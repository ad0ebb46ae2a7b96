package io.waggle.app.cluster;

import io.waggle.app.demo.RunningLoop;
import io.waggle.app.report.HistogramPage;
import io.waggle.app.report.MetricsPage;
import io.waggle.server.ServerFigures;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** A cluster that is up, used through its first service; figures count from when this was made. */
final class ClusterLoop implements RunningLoop {
  private final Ports ports;
  private final MetricsPage before;

  ClusterLoop(Ports ports) throws IOException, InterruptedException {
    this.ports = ports;
    this.before = MetricsPage.read(RunningLoop.page(port()));
  }

  @Override
  public int port() {
    return ports.services().get(0);
  }

  @Override
  public List<URI> services() {
    return ports.services().stream().map(RunningLoop::page).toList();
  }

  @Override
  public List<URI> jobs() {
    return ports.taskManagerMetrics().stream().map(RunningLoop::page).toList();
  }

  @Override
  public String bootstrapServers() {
    return ports.bootstrapServers();
  }

  @Override
  public ServerFigures figures() throws IOException, InterruptedException {
    MetricsPage now = MetricsPage.read(RunningLoop.page(port())).since(before);
    HistogramPage delays = new HistogramPage(now);
    return new ServerFigures(
        Math.round(now.sum("waggle_rank_requests_total", "outcome", "ok")),
        Math.round(now.sum("waggle_decisions_logged_total")),
        Math.round(now.sum("waggle_decisions_dropped_total")),
        Math.round(now.sum("waggle_decisions_pending")),
        delays.summary("waggle_rank_seconds"),
        delays.summary("waggle_reward_to_serving_seconds"),
        delays.summary("waggle_interaction_to_session_seconds"));
  }

  /**
   * What ends is started again by the keeper; calls that fail meanwhile are the readers' to tell.
   */
  @Override
  public void check() {}
}
