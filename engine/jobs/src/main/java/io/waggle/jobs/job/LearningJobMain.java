package io.waggle.jobs.job;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** Runs the learning job on a Flink cluster: {@code --config FILE}, see {@link JobConfig}. */
public final class LearningJobMain {
  private LearningJobMain() {}

  /**
   * Reads the configuration, defines the job and hands it to the cluster.
   *
   * @throws IllegalArgumentException when the configuration is wrong or the brokers refuse its
   *     credentials, as {@code name: value (expected: ...)}
   * @throws Exception when the cluster does not take the job
   */
  public static void main(String[] arguments) throws Exception {
    JobConfig config = JobConfig.fromArguments(arguments);
    JobSettings settings = config.settings();
    BrokerAccess.require(settings.kafka());
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(JobEnvironment.configuration(settings));
    LearningJob.define(environment, settings, config.loadSurfaces());
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobName(LearningJob.NAME);
    LeftBehind.restoreAsConfigured(graph);
    environment.execute(graph);
  }
}
