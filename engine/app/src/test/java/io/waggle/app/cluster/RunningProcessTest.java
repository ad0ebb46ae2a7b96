package io.waggle.app.cluster;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RunningProcessTest {
  /** As in a container, where the first process seldom asks what became of the others' children. */
  @Test
  void whatHasEndedIsNotAliveThoughItsParentNeverAsks() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/stat")), "only Linux tells the state of a process");
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0.2 & echo $!; exec sleep 60").start();
    try (BufferedReader said = parent.inputReader()) {
      ProcessHandle child = ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
      assertThat(RunningProcess.isAlive(child)).isTrue();

      await("the child has ended", () -> !RunningProcess.isAlive(child));

      assertThat(child.isAlive()).as("for the JDK it lives on").isTrue();
      assertThat(RunningProcess.isAlive(parent.toHandle())).isTrue();
    } finally {
      parent.destroyForcibly();
    }
  }
}
