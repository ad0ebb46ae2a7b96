package io.waggle.benchmarks.load;

import io.grpc.ManagedChannel;
import io.waggle.app.embedded.FreePort;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings.Turnover;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Two replicas of the service under a constant load, each restarted in turn as a rolling update
 * does it: told to end, gone, started again, ready for some seconds, and only then the other. The
 * load comes from one client that asks again when a replica is unavailable, or from one that does
 * not.
 */
final class RollingRestart implements AutoCloseable {
  private static final int IN_FLIGHT = 512;
  private static final int QUIET_SECONDS = 1;

  /** A gRPC client waits longer each time between its attempts to connect. The chart says 10. */
  private static final int READY_FOR_SECONDS = 5;

  private static final long PATIENCE_SECONDS = 300;

  /**
   * What came of it.
   *
   * @param seconds from the first replica told to end until the second was ready again
   */
  record Seen(String client, Point calls, double seconds) {}

  private final LoadedBroker broker;
  private final Path directory;
  private final Requests requests;
  private final Turnover turnover;
  private final Progress progress;
  private final List<Integer> ports = FreePort.several(2);
  private final List<RankingServer> replicas = new ArrayList<>();

  /** Starts both replicas. */
  RollingRestart(
      LoadedBroker broker, Plan plan, Path directory, Turnover turnover, Progress progress)
      throws InterruptedException {
    this.broker = broker;
    this.directory = directory;
    this.requests = new Requests(LoadedBroker.SURFACE, plan.actions(), plan.features());
    this.turnover = turnover;
    this.progress = progress;
    for (int i = 0; i < ports.size(); i++) {
      replicas.add(start(i));
    }
  }

  private RankingServer start(int replica) throws InterruptedException {
    return ServiceUnderLoad.start(
        broker, ports.get(replica), directory.resolve("views-" + replica), turnover);
  }

  /** Restarts both under load. */
  Seen run(int rate, boolean asksAgain) throws Exception {
    String client = asksAgain ? "asks again" : "asks once";
    ManagedChannel channel = Replicas.channel(ports, asksAgain);
    try (GrpcCaller caller =
        new GrpcCaller(List.of(channel), GrpcCaller.RANK, Requests.inTurn(requests.protobuf()))) {
      var unused = caller.ask(0);
      CompletableFuture<Double> restarts = CompletableFuture.supplyAsync(this::restartBoth);
      Point calls = new Point(Way.GRPC, rate, List.of(Turn.run(caller, rate, 1, IN_FLIGHT)));
      while (!restarts.isDone()) {
        calls = calls.and(Turn.run(caller, rate, 1, IN_FLIGHT));
      }
      return new Seen(client, calls, restarts.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
  }

  private double restartBoth() {
    try {
      TimeUnit.SECONDS.sleep(QUIET_SECONDS);
      long startNanos = System.nanoTime();
      for (int i = 0; i < ports.size(); i++) {
        if (i > 0) {
          TimeUnit.SECONDS.sleep(READY_FOR_SECONDS);
        }
        progress.say("restarting replica " + (i + 1));
        replicas.get(i).close();
        replicas.set(i, start(i));
      }
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      TimeUnit.SECONDS.sleep(QUIET_SECONDS);
      return seconds;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while restarting", e);
    }
  }

  @Override
  public void close() {
    replicas.forEach(RankingServer::close);
  }
}
