package io.waggle.app.cluster;

import io.waggle.app.demo.RunningLoop;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A cluster for readers: the one that is up, or one of its own, which is stopped afterwards. */
public final class DemoCluster implements AutoCloseable {
  private final Cluster cluster;
  private final RunningLoop loop;
  private final boolean own;
  private final Consumer<String> progress;

  private DemoCluster(Cluster cluster, Ports ports, boolean own, Consumer<String> progress)
      throws IOException, InterruptedException {
    this.cluster = cluster;
    this.loop = new ClusterLoop(ports);
    this.own = own;
    this.progress = progress;
  }

  /**
   * Takes the cluster of that data directory, or starts it.
   *
   * @param surfaces served by one that is started here
   * @throws IllegalStateException when it is up and something of it does not work, or it does not
   *     start
   */
  public static DemoCluster open(Path data, List<SurfaceConfig> surfaces, Consumer<String> progress)
      throws IOException, InterruptedException {
    Cluster cluster = new Cluster(data);
    if (cluster.running().isEmpty()) {
      Ports ports = cluster.up(Cluster.Start.of(surfaces, 0), progress);
      try {
        return new DemoCluster(cluster, ports, true, progress);
      } catch (IOException | InterruptedException | RuntimeException e) {
        cluster.down(progress);
        throw e;
      }
    }
    Optional<Ports> ports = cluster.ports();
    List<String> missing = ports.isEmpty() ? List.of("its ports") : cluster.missing(ports.get());
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "the cluster on %s is up and lacks: %s (expected: waggle cluster status says that all"
                  .formatted(cluster.directory().root(), String.join(", ", missing))
              + " works)");
    }
    return new DemoCluster(cluster, ports.orElseThrow(), false, progress);
  }

  /** Where readers go. */
  public RunningLoop loop() {
    return loop;
  }

  /** Stops what {@link #open} has started. */
  @Override
  public void close() throws InterruptedException {
    if (own) {
      progress.accept("stopping the cluster");
      var unused = cluster.down(stopped -> {});
    }
  }
}
