package io.waggle.app.cluster;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a job's main as {@code flink run -d} does, from where it was. */
final class JobSubmission {
  private static final Logger LOGGER = LoggerFactory.getLogger(JobSubmission.class);

  private final ClusterDirectory directory;
  private final Ports ports;

  JobSubmission(ClusterDirectory directory, Ports ports) {
    this.directory = directory;
    this.ports = ports;
  }

  /**
   * Hands the job over; returns when the job manager has it.
   *
   * @throws ProgramInvocationException when the main fails or the job manager does not take it
   */
  void submit(ClusterJob job) throws ProgramInvocationException {
    Optional<Path> from = new JobStart(directory, job).from();
    LOGGER.info("Job {} starts from {}", job.label(), from.map(Path::toString).orElse("nothing"));
    Configuration configuration = configuration(job);
    from.ifPresent(
        path ->
            SavepointRestoreSettings.toConfiguration(
                SavepointRestoreSettings.forPath(path.toUri().toString(), false, claim(path)),
                configuration));
    try (PackagedProgram program =
        PackagedProgram.newBuilder()
            .setEntryPointClassName(job.main())
            .setConfiguration(configuration)
            .setArguments("--config", directory.config(job.configFile()).toString())
            .build()) {
      ClientUtils.executeProgram(
          new DefaultExecutorServiceLoader(), configuration, program, true, true);
    }
  }

  /** A savepoint stays ours: it can be gone back to. */
  private RecoveryClaimMode claim(Path from) {
    return from.startsWith(directory.checkpoints())
        ? RecoveryClaimMode.CLAIM
        : RecoveryClaimMode.NO_CLAIM;
  }

  private Configuration configuration(ClusterJob job) {
    Configuration configuration = new Configuration();
    configuration.set(DeploymentOptions.TARGET, "remote");
    configuration.set(DeploymentOptions.ATTACHED, false);
    configuration.set(RestOptions.ADDRESS, "127.0.0.1");
    configuration.set(RestOptions.PORT, ports.rest());
    configuration.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, job.id().toHexString());
    return configuration;
  }
}
