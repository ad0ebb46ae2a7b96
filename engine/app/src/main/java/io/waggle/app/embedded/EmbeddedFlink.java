package io.waggle.app.embedded;

import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.job.JobEnvironment;
import io.waggle.jobs.job.JobSettings;
import io.waggle.jobs.job.LearningJob;
import io.waggle.jobs.job.LeftBehind;
import io.waggle.jobs.job.SessionJob;
import io.waggle.jobs.log.DecisionLogSettings;
import io.waggle.jobs.registry.RegistrySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both jobs on a Flink mini cluster inside this JVM. Each job has a fixed id, so its checkpoints
 * are found again: it goes on from its newest completed one, which it then owns. Start and close
 * from one thread.
 */
final class EmbeddedFlink implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(EmbeddedFlink.class);
  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final long STATE_CHECK_MILLIS = 20;

  /** Defines a job in an environment. */
  @FunctionalInterface
  interface Definition {
    void define(StreamExecutionEnvironment environment, JobSettings settings, Surfaces surfaces);
  }

  /**
   * A job by its name; the id is derived from it and so never changes.
   *
   * @param parallelism subtasks per operator
   */
  record Job(String name, int parallelism, Definition definition) {
    static final Job SESSION = new Job("session", 1, SessionJob::define);
    static final Job LEARNING = new Job("learning", 1, LearningJob::define);

    JobID id() {
      UUID id = UUID.nameUUIDFromBytes(("waggle/" + name).getBytes(StandardCharsets.UTF_8));
      return new JobID(id.getLeastSignificantBits(), id.getMostSignificantBits());
    }
  }

  private final MiniCluster cluster;
  private final int metricsPort;
  private final List<JobID> jobs = new ArrayList<>();
  private final List<CompletableFuture<Boolean>> endings = new ArrayList<>();
  private volatile boolean stopping;
  private final CompletableFuture<Void> failure = new CompletableFuture<>();

  private EmbeddedFlink(MiniCluster cluster, int metricsPort) {
    this.cluster = cluster;
    this.metricsPort = metricsPort;
  }

  /**
   * Starts the cluster and the jobs; returns when all their tasks run.
   *
   * @param directory for checkpoints and working files
   * @param registry where the learning job keeps model versions
   * @param decisionLog where it writes joined decisions; null: nowhere
   * @throws IllegalStateException when a job fails or does not run within two minutes
   */
  static EmbeddedFlink start(
      String bootstrapServers,
      Path directory,
      Path registry,
      @Nullable DecisionLogSettings decisionLog,
      Surfaces surfaces,
      List<Job> jobs)
      throws InterruptedException {
    Path checkpoints = directory.resolve("checkpoints").toAbsolutePath();
    JobSettings settings =
        JobSettings.of(bootstrapServers, checkpoints.toUri())
            .withRegistry(RegistrySettings.in(registry.toAbsolutePath().toUri()))
            .withDecisionLog(decisionLog);
    int metricsPort = FreePort.any();
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(clusterConfiguration(directory, metricsPort))
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(jobs.stream().mapToInt(Job::parallelism).sum())
                .setCommonBindAddress("127.0.0.1")
                .withRandomPorts()
                .build());
    EmbeddedFlink flink = new EmbeddedFlink(cluster, metricsPort);
    try {
      cluster.start();
      for (Job job : jobs) {
        flink.submit(
            job,
            settings.withParallelism(job.parallelism()),
            surfaces,
            Checkpoints.newest(checkpoints, job.id()));
      }
      flink.awaitRunning();
      return flink;
    } catch (InterruptedException | RuntimeException e) {
      flink.close();
      throw e;
    } catch (Exception e) {
      flink.close();
      throw new IllegalStateException("cannot start the Flink mini cluster", e);
    }
  }

  /** Port on the loopback interface where Prometheus finds both jobs' metrics. */
  int metricsPort() {
    return metricsPort;
  }

  /** Completes exceptionally when a job has ended though nobody asked it to. */
  CompletableFuture<Void> failure() {
    return failure;
  }

  /**
   * Takes a last checkpoint of each job, so that a restart repeats nothing, and stops. A checkpoint
   * that does not complete in time is done without: the one before it is as right, only older.
   */
  @Override
  public void close() {
    stopping = true;
    for (JobID job : jobs) {
      stop(job);
    }
    try {
      cluster.closeAsync().get(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOGGER.warn("The Flink mini cluster did not stop cleanly", e);
    }
  }

  private void stop(JobID job) {
    try {
      cluster.triggerCheckpoint(job).get(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOGGER.warn("No last checkpoint of job {}; it will go on from the one before", job, e);
    }
    try {
      cluster.cancelJob(job).get(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOGGER.warn("Job {} was not cancelled", job, e);
    }
  }

  private void submit(Job job, JobSettings settings, Surfaces surfaces, Optional<Path> checkpoint)
      throws InterruptedException {
    StreamExecutionEnvironment environment =
        new StreamExecutionEnvironment(JobEnvironment.configuration(settings));
    job.definition().define(environment, settings, surfaces);
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobId(job.id());
    graph.setJobName(job.name());
    if (checkpoint.isPresent()) {
      restore(graph, checkpoint.get());
    }
    LOGGER.info(
        "Job {} starts from {}", job.name(), checkpoint.map(Path::toString).orElse("nothing"));
    try {
      cluster.submitJob(graph).get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot submit the " + job.name() + " job", e);
    }
    jobs.add(job.id());
    endings.add(
        cluster.requestJobResult(job.id()).handle((result, broken) -> ended(job, result, broken)));
  }

  private static void restore(StreamGraph graph, Path checkpoint) {
    try {
      LeftBehind.restore(graph, checkpoint.toUri().toString(), RecoveryClaimMode.CLAIM);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read checkpoint " + checkpoint, e);
    }
  }

  /** Jobs run until they are stopped, so an end that nobody asked for is a failure. */
  private boolean ended(Job job, @Nullable JobResult result, @Nullable Throwable broken) {
    if (stopping) {
      return false;
    }
    Throwable cause = broken;
    if (result != null && result.getSerializedThrowable().isPresent()) {
      cause = result.getSerializedThrowable().get();
    }
    return failure.completeExceptionally(
        new IllegalStateException("the " + job.name() + " job has ended", cause));
  }

  private void awaitRunning() throws InterruptedException {
    long deadlineNanos = System.nanoTime() + START_PATIENCE.toNanos();
    for (JobID job : jobs) {
      while (!running(job)) {
        if (failure.isCompletedExceptionally()) {
          failure.join();
        }
        if (System.nanoTime() > deadlineNanos) {
          throw new IllegalStateException("the jobs do not run after " + START_PATIENCE);
        }
        Thread.sleep(STATE_CHECK_MILLIS);
      }
    }
  }

  private boolean running(JobID job) throws InterruptedException {
    try {
      AccessExecutionGraph graph =
          cluster.getExecutionGraph(job).get(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      for (AccessExecutionVertex task : graph.getAllExecutionVertices()) {
        if (task.getExecutionState() != ExecutionState.RUNNING) {
          return false;
        }
      }
      return true;
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot tell the state of the jobs", e);
    }
  }

  private static Configuration clusterConfiguration(Path directory, int metricsPort) {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(JobManagerOptions.ADDRESS, "127.0.0.1");
    configuration.set(CoreOptions.TMP_DIRS, directory.resolve("tmp").toAbsolutePath().toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(32));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(32));
    // One process: a heartbeat that is late means a busy machine and never a lost peer.
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofMinutes(3));
    // A slow disk must not turn a slow cancellation into the end of the process.
    configuration.set(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, Duration.ZERO);
    configuration.set(MetricOptions.REPORTERS_LIST, "prometheus");
    configuration.setString(
        "metrics.reporter.prometheus.factory.class",
        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory");
    configuration.setString("metrics.reporter.prometheus.port", Integer.toString(metricsPort));
    // A surface called front-page is labelled so, not front_page.
    configuration.setString("metrics.reporter.prometheus.filterLabelValueCharacters", "false");
    return configuration;
  }
}
