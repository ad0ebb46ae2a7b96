package io.waggle.app.cluster;

import io.waggle.app.embedded.Checkpoints;
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

/** Runs a job's main as {@code flink run -d} does, from its newest checkpoint. */
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
    Optional<Path> checkpoint = Checkpoints.newest(directory.checkpoints(), job.id());
    LOGGER.info(
        "Job {} starts from {}", job.label(), checkpoint.map(Path::toString).orElse("nothing"));
    Configuration configuration = configuration(job);
    checkpoint.ifPresent(
        path ->
            SavepointRestoreSettings.toConfiguration(
                SavepointRestoreSettings.forPath(
                    path.toUri().toString(), false, RecoveryClaimMode.CLAIM),
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
