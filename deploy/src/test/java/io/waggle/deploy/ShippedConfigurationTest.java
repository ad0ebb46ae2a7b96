package io.waggle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.config.ConfigFile;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.jobs.job.JobConfig;
import io.waggle.server.ServiceConfig;
import io.waggle.v1.PolicyConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShippedConfigurationTest {
  private static final Path CONFIG = Path.of("config");

  @ParameterizedTest
  @ValueSource(strings = {"session-job.yaml", "learning-job.yaml"})
  void jobsTakeTheirFiles(String file) {
    JobConfig config = ConfigFile.read(CONFIG.resolve(file), JobConfig.class);

    assertThat(config.settings().bootstrapServers()).isEqualTo("kafka:9092");
  }

  @Test
  void serviceTakesItsFile() {
    ServiceConfig config =
        ConfigFile.read(CONFIG.resolve("ranking-service.yaml"), ServiceConfig.class);

    assertThat(config.settings().port()).isEqualTo(8080);
  }

  @Test
  void jobsDoNotShareACheckpointDirectory() {
    List<?> directories =
        List.of("session-job.yaml", "learning-job.yaml").stream()
            .map(file -> ConfigFile.read(CONFIG.resolve(file), JobConfig.class))
            .map(JobConfig::checkpointDirectory)
            .distinct()
            .toList();

    assertThat(directories).hasSize(2);
  }

  @Test
  void everyShippedSurfaceIsCheckedAndItsLearnersOpen() {
    List<Surface> surfaces =
        SurfaceFiles.read(CONFIG.resolve("surfaces")).stream().map(Surface::of).toList();

    assertThat(surfaces).isNotEmpty();
    for (Surface surface : surfaces) {
      for (PolicyConfig policy : surface.policies()) {
        if (policy.hasVowpalWabbit()) {
          VowpalWabbitLearner.open(policy.getVowpalWabbit().getArguments(), null).close();
        }
      }
    }
  }
}
