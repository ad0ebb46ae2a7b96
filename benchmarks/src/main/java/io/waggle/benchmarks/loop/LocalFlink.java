package io.waggle.benchmarks.loop;

import io.waggle.app.embedded.FreePort;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/**
 * A Flink mini cluster in this JVM with one task manager, whose RocksDB is bounded by the managed
 * memory as in a deployment. Jobs come and go, from and to checkpoints. One thread.
 */
public final class LocalFlink implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 600;
  private static final long CHECK_MILLIS = 5;

  /**
   * A completed checkpoint.
   *
   * @param path what a job is restored from
   * @param millis from the trigger to the end
   * @param bytes of everything that it refers to
   * @param newBytes of what was written for it, the rest being shared with those before
   */
  public record Checkpoint(String path, long millis, long bytes, long newBytes) {}

  private final MiniCluster cluster;
  private final int metricsPort;

  private LocalFlink(MiniCluster cluster, int metricsPort) {
    this.cluster = cluster;
    this.metricsPort = metricsPort;
  }

  /**
   * Starts.
   *
   * @param directory of working files
   * @param slots most subtasks of all jobs at once; each has its part of the managed memory
   */
  public static LocalFlink start(Path directory, int slots, int managedMegabytes) throws Exception {
    int metricsPort = FreePort.several(1).get(0);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration(directory, managedMegabytes, metricsPort))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .setCommonBindAddress("127.0.0.1")
                .withRandomPorts()
                .build());
    cluster.start();
    return new LocalFlink(cluster, metricsPort);
  }

  /** Where Prometheus finds the jobs' metrics. */
  public URI metrics() {
    return URI.create("http://127.0.0.1:" + metricsPort + "/metrics");
  }

  /**
   * Submits the job that the environment defines and returns when all its tasks run.
   *
   * @param checkpoint what it goes on from; null: from nothing
   */
  public JobID submit(
      String name, StreamExecutionEnvironment environment, @Nullable Checkpoint checkpoint)
      throws Exception {
    StreamGraph graph = environment.getStreamGraph();
    JobID id = new JobID();
    graph.setJobId(id);
    graph.setJobName(name);
    if (checkpoint != null) {
      graph.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(checkpoint.path(), false, RecoveryClaimMode.CLAIM));
    }
    cluster.submitJob(graph).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    awaitRunning(id);
    return id;
  }

  /**
   * Waits until all tasks run.
   *
   * @throws IllegalStateException when the job has failed, also if it has begun again since
   */
  private void awaitRunning(JobID job) throws Exception {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!running(job)) {
      if (System.nanoTime() > deadlineNanos) {
        throw new IllegalStateException("job " + graph(job).getJobName() + " does not run");
      }
      Thread.sleep(CHECK_MILLIS);
    }
  }

  private boolean running(JobID job) throws Exception {
    AccessExecutionGraph graph = graph(job);
    if (graph.getFailureInfo() != null) {
      throw new IllegalStateException(
          "job " + graph.getJobName() + " fails: " + graph.getFailureInfo().getExceptionAsString());
    }
    boolean any = false;
    for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
      any = true;
    }
    // A job that is being set up has no tasks yet.
    return any;
  }

  /** Takes a checkpoint and waits for it. */
  public Checkpoint checkpoint(JobID job) throws Exception {
    awaitRunning(job);
    String path = cluster.triggerCheckpoint(job).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    CompletedCheckpointStats stats =
        Objects.requireNonNull(
                graph(job).getCheckpointStatsSnapshot(), "the job does not take checkpoints")
            .getHistory()
            .getCheckpoints()
            .stream()
            .filter(CompletedCheckpointStats.class::isInstance)
            .map(CompletedCheckpointStats.class::cast)
            .filter(each -> path.equals(each.getExternalPath()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no figures of checkpoint " + path));
    return new Checkpoint(
        path, stats.getEndToEndDuration(), stats.getStateSize(), stats.getCheckpointedSize());
  }

  /** Cancels the job and waits until it has gone; its checkpoints stay. */
  public void cancel(JobID job) throws Exception {
    cluster.cancelJob(job).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    cluster.requestJobResult(job).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Takes a last checkpoint and cancels the job. */
  public Checkpoint stop(JobID job) throws Exception {
    Checkpoint last = checkpoint(job);
    cancel(job);
    return last;
  }

  private AccessExecutionGraph graph(JobID job) throws Exception {
    return cluster.getExecutionGraph(job).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static Configuration configuration(
      Path directory, int managedMegabytes, int metricsPort) {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(JobManagerOptions.ADDRESS, "127.0.0.1");
    configuration.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toAbsolutePath().toString());
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(managedMegabytes));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
    // One process: a heartbeat that is late means a busy machine and never a lost peer.
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofMinutes(3));
    configuration.set(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, Duration.ZERO);
    // A checkpoint's figures are looked up after it; one a second is taken beside it.
    configuration.setString("web.checkpoints.history", "100");
    configuration.set(MetricOptions.REPORTERS_LIST, "prometheus");
    configuration.setString(
        "metrics.reporter.prometheus.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    configuration.setString("metrics.reporter.prometheus.port", Integer.toString(metricsPort));
    return configuration;
  }

  @Override
  public void close() throws Exception {
    cluster.closeAsync().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
