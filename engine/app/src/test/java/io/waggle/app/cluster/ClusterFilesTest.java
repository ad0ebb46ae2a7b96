package io.waggle.app.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.app.demo.FrontPage;
import io.waggle.core.config.ConfigFile;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.jobs.job.JobConfig;
import io.waggle.server.ServiceConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFilesTest {
  @TempDir Path data;

  @Test
  void portsAreReadAsTheyWereWritten() {
    Path file = data.resolve("ports.properties");
    Ports ports = Ports.choose(0);

    ports.write(file);

    assertThat(Ports.read(file)).contains(ports);
  }

  @Test
  void aPortThatIsTakenOrNoneIsRefused() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatIllegalStateException()
          .isThrownBy(() -> Ports.choose(port))
          .withMessage("port " + port + ": taken (expected: a free port)");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Ports.choose(65_535))
        .withMessage("--port: 65535 (expected: 0 to 65534)");
  }

  @Test
  void aDamagedFileIsRefusedByNameAndKey() throws Exception {
    Path file = Files.writeString(data.resolve("ports.properties"), "kafka=many\n");

    assertThatIllegalStateException()
        .isThrownBy(() -> Ports.read(file))
        .withMessage(file + ": kafka: many (expected: a whole number)");
  }

  @Test
  void aPidThatWasGivenToAnotherProcessIsNotOurs() {
    ClusterDirectory directory = ClusterDirectory.of(data);
    directory.create();
    ProcessHandle self = ProcessHandle.current();
    long started = self.info().startInstant().map(Instant::toEpochMilli).orElseThrow();

    record(directory, "kafka", self.pid(), started);
    record(directory, "jobmanager", self.pid(), started - 60_000);

    assertThat(RunningProcess.find(directory, "kafka")).isPresent();
    assertThat(RunningProcess.find(directory, "jobmanager")).isEmpty();
    assertThat(RunningProcess.find(directory, "service-1")).isEmpty();
  }

  @Test
  void theProcessesReadWhatIsWrittenForThem() {
    ClusterDirectory directory = ClusterDirectory.of(data);
    directory.create();
    Ports ports = Ports.choose(0);

    ConfigFiles.write(directory, ports, List.of(FrontPage.config()), 1);

    for (ClusterJob job : ClusterJob.values()) {
      JobConfig config = ConfigFile.read(directory.config(job.configFile()), JobConfig.class);
      assertThat(config.settings().bootstrapServers()).isEqualTo(ports.bootstrapServers());
      assertThat(config.loadSurfaces().all()).hasSize(1);
    }
    ServiceConfig service =
        ConfigFile.read(directory.config("service-2.yaml"), ServiceConfig.class);
    assertThat(service.settings().port()).isEqualTo(ports.services().get(1));
    assertThat(SurfaceFiles.read(directory.surfaces())).containsExactly(FrontPage.config());
  }

  @Test
  void prometheusFindsEveryProcessByItsName() throws Exception {
    ClusterDirectory directory = ClusterDirectory.of(data);
    directory.create();
    Ports ports = Ports.choose(0);

    ConfigFiles.write(directory, ports, List.of(FrontPage.config()));

    JsonNode targets = new ObjectMapper().readTree(directory.scrapeTargets().toFile());
    assertThat(targets)
        .extracting(target -> target.at("/labels/process").asText())
        .containsExactly("jobmanager", "taskmanager-1", "taskmanager-2", "service-1", "service-2");
    assertThat(targets.get(0).at("/targets/0").asText())
        .isEqualTo("127.0.0.1:" + ports.jobManagerMetrics());
    assertThat(Files.readString(directory.config("jobmanager").resolve("config.yaml")))
        .contains("\"metrics.reporter.prometheus.port\" : \"" + ports.jobManagerMetrics() + "\"");
  }

  private static void record(ClusterDirectory directory, String name, long pid, long started) {
    PropertiesFile.write(
        directory.run(name), Map.of("pid", pid, "startedMillis", started, "restarts", 0L));
  }
}
