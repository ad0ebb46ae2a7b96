package io.waggle.app;

import static io.waggle.app.embedded.Await.PATIENCE;
import static io.waggle.app.embedded.Await.await;
import static io.waggle.app.embedded.Await.awaitEmpty;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of processes under load, its processes killed in turn with nobody there to help. Prints
 * how long each was missed: from the kill until every process and job works, a model that was made
 * after that is served and an interaction sent after that is in its session.
 */
@Tag("alone")
@Tag("cluster")
@Timeout(900)
class KilledClusterITCase {
  private static final String SURFACE = "front";
  private static final int KILLED_SERVICES = 2;

  /**
   * Longer than a process is away, on a busy machine too: a decision that is in the spool of a
   * killed service for longer than its window comes after its rewards were given up.
   */
  private static final Duration WINDOW = Duration.ofSeconds(90);

  /** Between two visits of the load. */
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  /** The same while nobody answers. */
  private static final long FAILED_PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  @TempDir Path directory;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final AtomicBoolean enough = new AtomicBoolean();
  private final Map<String, Duration> recoveries = new LinkedHashMap<>();
  private int probes;

  @AfterEach
  void leaveNoProcess() throws Exception {
    enough.set(true);
    thread.shutdownNow();
    assertThat(thread.awaitTermination(90, TimeUnit.SECONDS)).isTrue();
    assertThat(run("cluster", "down", "--data", data())).isZero();
  }

  @Test
  void whileFlinkIsKilledEveryRankIsAnsweredAndEveryRewardLearnedOnce() throws Exception {
    up(10);
    try (LoopClient client = client("service-1");
        LoopClient observer = client("service-2")) {
      Load load = new Load(SURFACE);
      Future<?> loading = start(load, client);
      awaitModelAfter(observer, 0);

      kill(observer, taskManagerOf("learner_decisions_received"));
      kill(observer, "jobmanager");

      stop(loading);
      assertThat(load.failedRanks()).isZero();
      assertThat(load.unacknowledged()).isEmpty();
      report(load);
      assertThat(load.isCountedOnce(client, 0)).as("decisions lost").isZero();
      sessionsAreWhole(load, observer);
      sessionsAreThoseOfARunWithoutFaults(observer);
    }
  }

  @Test
  void whateverIsKilledEveryRewardIsLearnedOnce() throws Exception {
    up(Math.toIntExact(WINDOW.toSeconds()));
    try (LoopClient client = client("service-1");
        LoopClient observer = client("service-2")) {
      Load load = new Load(SURFACE);
      Future<?> loading = start(load, client);
      awaitModelAfter(observer, 0);

      for (String name :
          List.of("taskmanager-1", "taskmanager-2", "jobmanager", "kafka", "service-2")) {
        kill(observer, name);
      }
      stop(loading);
      assertThat(load.failedRanks()).isZero();
      answerWhatIsLeft(load, client);
      Future<?> loadingAgain = start(load, client);
      kill(observer, "service-1");
      stop(loadingAgain);

      report(load);
      answerWhatIsLeft(load, client);
      awaitWindows(client);
      int lost = load.isCountedOnce(client, 0);
      System.out.printf("cluster: %d decisions lost%n", lost);
      // A decision is answered a moment before it is in its file.
      assertThat(lost).as("decisions lost").isLessThanOrEqualTo(KILLED_SERVICES);
      sessionsAreWhole(load, observer);
      sessionsAreThoseOfARunWithoutFaults(observer);
    }
  }

  /** A command line without a screen. */
  private static int run(String... arguments) {
    return Waggle.commandLine().setOut(new PrintWriter(Writer.nullWriter())).execute(arguments);
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private void up(int waitSeconds) throws IOException {
    Path surface =
        Files.writeString(
            directory.resolve("surface.yaml"), LoopClient.surface(SURFACE, waitSeconds));
    String[] up = {
      "cluster", "up", "--data", data(), "--surfaces", surface.toString(), "--port", "0"
    };
    assertThat(run(up)).isZero();
    assertThat(run(up)).as("up twice").isEqualTo(1);
  }

  private LoopClient client(String service) {
    return new LoopClient(
        port(service),
        List.of(port("taskmanager-1-metrics"), port("taskmanager-2-metrics")),
        "127.0.0.1:" + port("kafka"));
  }

  private int port(String name) {
    return Math.toIntExact(number(Path.of(data(), "ports.properties"), name));
  }

  private static long number(Path file, String key) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Long.parseLong(properties.getProperty(key, ""));
  }

  private Future<?> start(Load load, LoopClient client) {
    enough.set(false);
    return thread.submit(
        () -> {
          while (!enough.get()) {
            LockSupport.parkNanos(visit(load, client) ? PAUSE_NANOS : FAILED_PAUSE_NANOS);
          }
        });
  }

  /**
   * One more visit and, once all of it was answered, what was not before: a reward that waits for
   * long is late.
   *
   * @return false: something of it was not answered
   */
  private static boolean visit(Load load, LoopClient client) {
    int left = load.unacknowledged().size();
    load.visit(client, load.visits());
    boolean answered = load.unacknowledged().size() == left;
    if (answered && left > 0) {
      load.retry(client);
    }
    return answered;
  }

  private void stop(Future<?> loading) throws Exception {
    enough.set(true);
    loading.get(90, TimeUnit.SECONDS);
  }

  /** A channel that found nobody asks again only after a while; then there are many to make. */
  private static void answerWhatIsLeft(Load load, LoopClient client) {
    while (!load.unacknowledged().isEmpty()) {
      int left = load.unacknowledged().size();
      await(
          "one more of %d calls is answered".formatted(left),
          () -> {
            load.retry(client);
            return load.unacknowledged().size() < left;
          });
    }
  }

  /** The one whose metrics have that name. */
  private String taskManagerOf(String metric) throws IOException, InterruptedException {
    for (String name : List.of("taskmanager-1", "taskmanager-2")) {
      URI page = URI.create("http://127.0.0.1:" + port(name + "-metrics") + "/metrics");
      if (MetricsPage.read(page).has(metric)) {
        return name;
      }
    }
    throw new AssertionError("no task manager has " + metric);
  }

  /** kill -9, and wait until nothing is missed. */
  private void kill(LoopClient observer, String name) {
    long pid = pid(name);
    long beganNanos = System.nanoTime();
    assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
    await(name + " is another process", () -> pid(name) != pid);
    await(
        "all works after the kill of " + name,
        () -> run("cluster", "status", "--data", data()) == 0);
    awaitModelAfter(observer, System.currentTimeMillis());
    awaitProbe(observer);
    recoveries.put(name, Duration.ofNanos(System.nanoTime() - beganNanos));
  }

  /** One more interaction, sent until it is taken, is in its user's session. */
  private void awaitProbe(LoopClient observer) {
    String id = "probe-" + ++probes;
    await(
        id + " is taken",
        () -> {
          try {
            observer.track(SURFACE, "probe", id);
            return true;
          } catch (StatusRuntimeException e) {
            return false;
          }
        });
    await(
        id + " is in the session",
        () -> observer.rank(SURFACE, "probe").getSessionVersion() == probes);
  }

  private long pid(String name) {
    return number(Path.of(data(), "run", name + ".properties"), "pid");
  }

  /** A model's version is the time it was taken at. */
  private static void awaitModelAfter(LoopClient observer, long timeMillis) {
    await(
        "a model made after " + timeMillis,
        () -> observer.rank(SURFACE, "eve").getModelVersion() > timeMillis);
  }

  /** Each user's session has what was acknowledged and nothing twice. */
  private static void sessionsAreWhole(Load load, LoopClient observer) {
    load.acknowledgedInteractions()
        .forEach(
            (user, ids) ->
                await(
                    "the session of " + user,
                    () -> observer.rank(SURFACE, user).getSessionVersion() == ids.size()));
  }

  /** Field by field. */
  private static void sessionsAreThoseOfARunWithoutFaults(LoopClient observer) throws Exception {
    Surface surface = Surface.of(SurfaceFiles.parse(LoopClient.surface(SURFACE, 1)));
    assertThat(FaultlessSessions.published(observer))
        .isEqualTo(FaultlessSessions.expected(observer, surface));
  }

  private static void awaitWindows(LoopClient client) {
    awaitEmpty(
        WINDOW.plus(PATIENCE),
        () ->
            client.count(SURFACE, "decisions_waiting") == 0
                    && client.count(SURFACE, "decisions_received") > 0
                ? List.of()
                : List.of("every window is closed"));
  }

  private void report(Load load) {
    recoveries.forEach(
        (name, missed) ->
            System.out.printf(
                "cluster: %s killed, all works after %d ms%n", name, missed.toMillis()));
    System.out.printf(
        "cluster: %d visits, %d ranks failed, longest rank %d ms%n",
        load.visits(), load.failedRanks(), load.longestRank().toMillis());
  }
}
