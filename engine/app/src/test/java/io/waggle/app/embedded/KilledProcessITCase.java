package io.waggle.app.embedded;

import static io.waggle.app.embedded.LoopClient.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.JsonFormat;
import io.grpc.StatusRuntimeException;
import io.waggle.app.Waggle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code waggle dev} in a process of its own, killed in the middle of its work. */
@Timeout(300)
class KilledProcessITCase {
  private static final Pattern READY =
      Pattern.compile(
          "ready: http://127\\.0\\.0\\.1:(\\d+) .*http://127\\.0\\.0\\.1:(\\d+)/metrics \\(jobs\\)",
          Pattern.DOTALL);

  @TempDir Path directory;
  private @Nullable Process process;
  private int starts;

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void afterAKillUnderLoadEveryRewardIsLearnedOnceAndSessionsAreAsBefore() throws Exception {
    AtomicInteger stored = new AtomicInteger();
    AtomicInteger tracked = new AtomicInteger();
    try (LoopClient client = startDev()) {
      AtomicBoolean on = new AtomicBoolean(true);
      Thread load = new Thread(() -> load(client, on, stored, tracked), "load");
      load.start();
      await("a good part is learned", () -> client.job("rewards_learned") > 100);
      kill();
      on.set(false);
      load.join(60_000);
    }
    assertThat(stored).hasValueGreaterThan(100);

    try (LoopClient client = startDev()) {
      assertThat(Files.readString(directory.resolve("data/waggle.log")))
          .containsPattern("Job learning starts from \\S+/chk-\\d+")
          .containsPattern("Job session starts from \\S+/chk-\\d+");
      client.rank("ann", "after-the-kill");
      client.reward("after-the-kill", 1);
      int answered = stored.get() + 1;

      await("what was answered is received", () -> client.job("rewards_received") >= answered);
      await(
          "nothing waits",
          () -> client.job("rewards_waiting") + client.job("decisions_waiting") == 0);

      long received = client.job("rewards_received");
      // One call may have been stored and not been answered before the kill.
      assertThat(received).isBetween((long) answered, answered + 1L);
      assertThat(
              client.job("rewards_learned")
                  + client.job("rewards_late")
                  + client.job("rewards_duplicate")
                  + client.job("rewards_orphan")
                  + client.job("rewards_rejected"))
          .isEqualTo(received);
      assertThat(client.job("rewards_duplicate")).isZero();
      assertThat(client.job("learner_decisions_learned"))
          .isEqualTo(client.job("decisions_learned"));
      await(
          "every interaction is in the session",
          () -> client.rank("ann", "").getSessionVersion() >= tracked.get());
      assertThat(client.rank("ann", "").getSessionVersion())
          .isBetween((long) tracked.get(), tracked.get() + 1L);
      assertThat(client.job("interactions_folded"))
          .isEqualTo(client.rank("ann", "").getSessionVersion());
    }
  }

  /** Kill -9: no hook runs, nothing is flushed. */
  private void kill() throws InterruptedException {
    Process running = Objects.requireNonNull(process);
    assertThat(running.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** One call after the other; counts those that were answered. */
  private static void load(
      LoopClient client, AtomicBoolean on, AtomicInteger stored, AtomicInteger tracked) {
    try {
      for (int i = 0; on.get(); i++) {
        client.rank("ann", "decision-" + i);
        client.track("ann", "click-" + i);
        tracked.incrementAndGet();
        client.reward("decision-" + i, 1);
        stored.incrementAndGet();
      }
    } catch (StatusRuntimeException e) {
      // The process is gone: what is being looked for.
      on.set(false);
    }
  }

  private LoopClient startDev() throws Exception {
    Path surfaces = directory.resolve("shelf.yaml");
    Files.writeString(surfaces, JsonFormat.printer().print(LoopClient.config()));
    Path output = directory.resolve("dev-" + starts++ + ".txt");
    Process started =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx768m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--add-opens=java.base/java.util=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Waggle.class.getName(),
                    "dev",
                    "--data",
                    directory.resolve("data").toString(),
                    "--surfaces",
                    surfaces.toString(),
                    "--port",
                    "0"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    process = started;
    await(
        "dev is ready: " + output, () -> !started.isAlive() || READY.matcher(read(output)).find());
    Matcher ready = READY.matcher(read(output));
    assertThat(ready.find()).as(read(output)).isTrue();
    return new LoopClient(Integer.parseInt(ready.group(1)), Integer.parseInt(ready.group(2)));
  }

  private static String read(Path output) throws IOException {
    return Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
  }
}
