package io.waggle.app;

import static io.waggle.app.embedded.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.RankResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real command line, killed in the middle of its work and started again on its data. */
@Timeout(180)
class KilledLoopITCase {
  private static final String SURFACE = "front";
  private static final int WAIT_SECONDS = 15;
  private static final int VISITS_BEFORE_KILL = 300;
  private static final int VISITS_AFTER_KILL = 200;
  private static final Pattern READY =
      Pattern.compile(
          "Waggle is ready: http://127\\.0\\.0\\.1:(\\d+) .*?Kafka: (\\S+)\\. "
              + "Metrics: .*? and http://127\\.0\\.0\\.1:(\\d+)/metrics",
          Pattern.DOTALL);

  @TempDir Path directory;
  private final Deque<Process> children = new ArrayDeque<>();

  @AfterEach
  void endEveryChild() throws InterruptedException {
    for (Process child : children) {
      child.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void killedUnderLoadItGoesOnWithEverythingItAcknowledgedCountedOnce() throws Exception {
    Load load = new Load(SURFACE);
    long versionBeforeKill;
    long learnedBeforeKill;
    Process first = start("first");
    try (LoopClient client = client("first", first)) {
      client.teach(SURFACE, "sport", 50);
      await("a model before the kill", () -> client.rank(SURFACE, "eve").getEventsLearned() >= 50);
      versionBeforeKill = client.rank(SURFACE, "eve").getModelVersion();
      learnedBeforeKill = client.rank(SURFACE, "eve").getEventsLearned();
      for (int visit = 0; visit < VISITS_BEFORE_KILL; visit++) {
        load.visit(client, visit);
      }
      Thread killer = new Thread(first::destroyForcibly, "killer");
      killer.start();
      for (int visit = load.visits(); load.unacknowledged().isEmpty(); visit++) {
        load.visit(client, visit);
      }
      killer.join();
    }
    assertThat(first.waitFor()).isNotZero();

    try (LoopClient client = client("second", start("second"))) {
      load.acknowledgedInteractions()
          .forEach(
              (user, ids) ->
                  await(
                      "what " + user + " did before the kill",
                      () -> client.rank(SURFACE, user).getSessionVersion() >= ids.size()));
      RankResponse served = client.rank(SURFACE, "eve");
      assertThat(served.getModelVersion()).isGreaterThanOrEqualTo(versionBeforeKill);
      assertThat(served.getEventsLearned()).isGreaterThanOrEqualTo(learnedBeforeKill);
      load.retry(client);
      load.acknowledgedInteractions()
          .forEach(
              (user, ids) ->
                  await(
                      "the session of " + user,
                      () -> client.rank(SURFACE, user).getSessionVersion() == ids.size()));
      int next = load.visits();
      for (int visit = next; visit < next + VISITS_AFTER_KILL; visit++) {
        load.visit(client, visit);
      }
      assertThat(load.unacknowledged()).isEmpty();

      // The visit that the kill met: its reward is late where the second start takes longer than
      // the window.
      assertThat(load.isCountedOnce(client, 1)).as("decisions lost").isLessThanOrEqualTo(1);
    }
  }

  /** The command line in a JVM of its own, with the flags of the launcher. */
  private Process start(String name) throws IOException {
    Path surface =
        Files.writeString(
            directory.resolve("surface.yaml"), LoopClient.surface(SURFACE, WAIT_SECONDS));
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx1200m",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-Dcom.linecorp.armeria.warnNettyVersions=false",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                Waggle.class.getName(),
                "dev",
                "--data",
                directory.resolve("data").toString(),
                "--surfaces",
                surface.toString(),
                "--port",
                "0")
            .redirectErrorStream(true)
            .redirectOutput(output(name).toFile())
            .start();
    children.push(child);
    return child;
  }

  private Path output(String name) {
    return directory.resolve(name + ".out");
  }

  /** Waits until the child says where it is. */
  private LoopClient client(String name, Process child) throws IOException {
    await(
        name + " is ready",
        () -> {
          assertThat(child.isAlive()).as(said(name)).isTrue();
          return READY.matcher(said(name)).find();
        });
    Matcher ready = READY.matcher(said(name));
    assertThat(ready.find()).isTrue();
    return new LoopClient(
        Integer.parseInt(ready.group(1)), Integer.parseInt(ready.group(3)), ready.group(2));
  }

  private String said(String name) {
    try {
      return Files.readString(output(name));
    } catch (IOException e) {
      throw new AssertionError("the child's output cannot be read", e);
    }
  }
}
