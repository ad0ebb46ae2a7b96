package io.waggle.jobs.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/** A mini cluster on which jobs are stopped with a savepoint and go on from one. One thread. */
final class SavepointCluster implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  /** When a job is to be stopped. */
  interface Awaited {
    void await() throws InterruptedException;
  }

  private final MiniCluster cluster;
  private final Path directory;

  /** Checkpoints go under the directory. */
  SavepointCluster(Path directory) throws Exception {
    this.directory = directory;
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(new Configuration())
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(2)
                .withRandomPorts()
                .build());
    cluster.start();
  }

  /**
   * An environment of the jobs' own configuration. Savepoints are compressed: what learners count
   * is mostly zeros.
   */
  StreamExecutionEnvironment environment(int parallelism) {
    Configuration configuration =
        JobEnvironment.configuration(JobSettings.of("none:1", directory.toUri()));
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(configuration);
    environment.setParallelism(parallelism);
    environment.getConfig().setUseSnapshotCompression(true);
    return environment;
  }

  /** Runs a job until its inputs have ended. */
  void run(StreamExecutionEnvironment environment, @Nullable Path from) throws Exception {
    run(graph(environment, from));
  }

  /** The same of a graph that says itself where it goes on from. */
  void run(StreamGraph graph) throws Exception {
    JobID job = cluster.submitJob(graph).get().getJobID();
    assertThat(cluster.requestJobResult(job).get().getSerializedThrowable()).isEmpty();
  }

  /** Runs a job until its inputs have played, and stops it with a savepoint in that folder. */
  Path stop(StreamExecutionEnvironment environment, Feed feed, @Nullable Path from, Path into)
      throws Exception {
    return Path.of(URI.create(stop(graph(environment, from), feed::awaitPlayed, into)));
  }

  /** The same of a graph, once what is waited for has come; the savepoint's address. */
  String stop(StreamGraph graph, Awaited moment, Path into) throws Exception {
    JobID job = cluster.submitJob(graph).get().getJobID();
    moment.await();
    // Inputs may have played, or ended, before every other task has started.
    CommonTestUtils.waitForAllTaskRunning(cluster, job, true);
    for (int attempt = 1; ; attempt++) {
      try {
        return cluster
            .stopWithSavepoint(job, into.toUri().toString(), false, SavepointFormatType.CANONICAL)
            .get();
      } catch (ExecutionException e) {
        // An input that ends at this very moment makes the savepoint fail; the job goes on.
        if (attempt == ATTEMPTS || !(e.getCause() instanceof CheckpointException)) {
          throw e;
        }
      }
    }
  }

  /** The job's own operators must find their state; only the inputs of the tests are others. */
  private static StreamGraph graph(StreamExecutionEnvironment environment, @Nullable Path from)
      throws Exception {
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobId(new JobID());
    if (from != null) {
      String path = from.toUri().toString();
      List<String> left = LeftBehind.uids(graph, path);
      assertThat(left).allMatch(uid -> uid.startsWith(Feed.UID));
      graph.setSavepointRestoreSettings(
          SavepointRestoreSettings.forPath(path, true, RecoveryClaimMode.NO_CLAIM));
    }
    return graph;
  }

  @Override
  public void close() throws Exception {
    cluster.close();
  }
}
