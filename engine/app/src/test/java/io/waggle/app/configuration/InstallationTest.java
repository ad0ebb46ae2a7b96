package io.waggle.app.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.app.configuration.Installation.Findings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the files of one installation have to agree on. */
class InstallationTest {
  @TempDir Path directory;

  @BeforeEach
  void good() throws IOException {
    write(
        Installation.SESSION_JOB,
        """
        bootstrapServers: kafka-1:9092,kafka-2:9092
        surfaces: /etc/waggle/surfaces
        checkpointDirectory: s3://waggle/session
        """);
    write(
        Installation.LEARNING_JOB,
        """
        bootstrapServers: kafka-2:9092,kafka-1:9092
        surfaces: /etc/waggle/surfaces
        checkpointDirectory: s3://waggle/learning
        registry:
          directory: file:///var/lib/waggle/registry
        """);
    write(
        Installation.RANKING_SERVICE,
        """
        bootstrapServers: kafka-1:9092,kafka-2:9092
        surfaces: /etc/waggle/surfaces
        viewDirectory: /var/lib/waggle/views
        registry: /var/lib/waggle/registry
        """);
  }

  @Test
  void filesThatAgreeHaveNoProblem() {
    Findings findings = Installation.check(directory);

    assertThat(findings.problems()).isEmpty();
    assertThat(findings.surfaces()).isEqualTo(Path.of("/etc/waggle/surfaces"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          learning-job.yaml | kafka-2:9092,kafka-1:9092 | kafka-3:9092 | learning-job.yaml: bootstrapServers: [kafka-3:9092] (expected: [kafka-1:9092, kafka-2:9092], as in session-job.yaml)
          ranking-service.yaml | /etc/waggle/surfaces | /etc/waggle | ranking-service.yaml: surfaces: /etc/waggle (expected: /etc/waggle/surfaces, as in session-job.yaml)
          learning-job.yaml | s3://waggle/learning | s3://waggle/session | learning-job.yaml: checkpointDirectory: s3://waggle/session (expected: apart from session-job.yaml: checkpointDirectory)
          learning-job.yaml | s3://waggle/learning | s3://waggle/session/learning/ | learning-job.yaml: checkpointDirectory: s3://waggle/session/learning/ (expected: apart from session-job.yaml: checkpointDirectory)
          ranking-service.yaml | /var/lib/waggle/registry | /registry | ranking-service.yaml: registry: /registry (expected: /var/lib/waggle/registry, where learning-job.yaml keeps versions)
          session-job.yaml | checkpointDirectory | checkpointsDirectory | session-job.yaml: checkpointsDirectory: unknown
          ranking-service.yaml | viewDirectory | port: 70000\\nviewDirectory | ranking-service.yaml: port: 70000 (expected: 0 to 65535)
          session-job.yaml | surfaces: | decisionLog: {directory: "s3://waggle/log"}\\nsurfaces: | session-job.yaml: decisionLog: set (expected: absent
          learning-job.yaml | registry: | decisionLog: {directory: "file:/var/lib/waggle/registry/log"}\\nregistry: | learning-job.yaml: decisionLog.directory: file:/var/lib/waggle/registry/log (expected: apart from learning-job.yaml: registry.directory)
          """)
  void oneThatDoesNotIsNamedWithItsRule(String file, String from, String to, String problem)
      throws IOException {
    Path path = directory.resolve(file);
    String text = Files.readString(path);
    Files.writeString(path, text.replace(from, to.replace("\\n", "\n")));

    assertThat(Installation.check(directory).problems())
        .singleElement()
        .asString()
        .startsWith(problem);
  }

  @Test
  void aServiceReadsNoRegistryThatNobodyWrites() throws IOException {
    Path path = directory.resolve(Installation.LEARNING_JOB);
    String text = Files.readString(path);
    Files.writeString(path, text.substring(0, text.indexOf("registry:")));

    assertThat(Installation.check(directory).problems())
        .containsExactly(
            "ranking-service.yaml: registry: /var/lib/waggle/registry"
                + " (expected: absent, learning-job.yaml keeps no versions)");
  }

  @Test
  void aFileThatIsMissingIsNamed() throws IOException {
    Files.delete(directory.resolve(Installation.LEARNING_JOB));

    assertThat(Installation.isIn(directory)).isTrue();
    assertThat(Installation.check(directory).problems())
        .containsExactly("learning-job.yaml: absent (expected: there, beside the others)");
  }

  /** One takes over from the other. */
  @Test
  void twoLearningJobsOfDifferentEpochsAgree() throws IOException {
    green(1, "s3://waggle/learning-epoch-1", "file:///var/lib/waggle/registry");

    assertThat(Installation.check(directory).problems()).isEmpty();

    Files.delete(directory.resolve(Installation.LEARNING_JOB));
    assertThat(Installation.check(directory).problems()).as("the other is gone").isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | s3://waggle/learning-epoch-1 | file:///var/lib/waggle/registry | learning-job.yaml: epoch: 0 (expected: another than in learning-epoch-1-job.yaml, an epoch is for one job)
          1 | s3://waggle/learning/green | file:///var/lib/waggle/registry | learning-job.yaml: checkpointDirectory: s3://waggle/learning (expected: apart from learning-epoch-1-job.yaml: checkpointDirectory)
          1 | s3://waggle/learning-epoch-1 | file:///var/lib/waggle/green | learning-job.yaml: registry.directory: file:///var/lib/waggle/registry (expected: file:///var/lib/waggle/green, as in learning-epoch-1-job.yaml)
          """)
  void twoLearningJobsThatAreInEachOthersWayAreNamed(
      long epoch, String checkpoints, String registry, String problem) throws IOException {
    green(epoch, checkpoints, registry);

    assertThat(Installation.check(directory).problems()).contains(problem);
  }

  private void green(long epoch, String checkpoints, String registry) throws IOException {
    write(
        "learning-epoch-1-job.yaml",
        """
        bootstrapServers: kafka-2:9092,kafka-1:9092
        surfaces: /etc/waggle/surfaces
        checkpointDirectory: %s
        epoch: %d
        registry:
          directory: %s
        """
            .formatted(checkpoints, epoch, registry));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(directory.resolve(file), text);
  }
}
