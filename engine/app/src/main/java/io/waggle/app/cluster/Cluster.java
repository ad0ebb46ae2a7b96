package io.waggle.app.cluster;

import io.waggle.app.embedded.DirectoryLock;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The cluster of one data directory, from outside: up, down, and what is running. One thread. */
final class Cluster {
  private static final Duration READY_PATIENCE = Duration.ofMinutes(3);
  private static final Duration HTTP_PATIENCE = Duration.ofSeconds(2);
  private static final long CHECK_MILLIS = 200;

  private final ClusterDirectory directory;

  Cluster(Path data) {
    directory = ClusterDirectory.of(data);
  }

  ClusterDirectory directory() {
    return directory;
  }

  /**
   * How to start.
   *
   * @param port of the first service; 0: any free one
   * @param parallelism subtasks of each job's operators, 1 to 8
   * @param from a folder of savepoints that the jobs go back to; null: they go on
   */
  record Start(List<SurfaceConfig> surfaces, int port, int parallelism, @Nullable Path from) {
    private static final int MOST = 8;

    Start {
      surfaces = List.copyOf(surfaces);
      if (parallelism < 1 || parallelism > MOST) {
        throw new IllegalArgumentException(
            "--parallelism: %d (expected: 1 to %d)".formatted(parallelism, MOST));
      }
    }

    /** Goes on at one subtask. */
    static Start of(List<SurfaceConfig> surfaces, int port) {
      return new Start(surfaces, port, 1, null);
    }
  }

  /**
   * Starts everything and returns when both jobs run and both services are ready.
   *
   * @param progress told in a few words what is waited for
   * @throws IllegalStateException when it is up already, or does not get ready within three
   *     minutes; then what was started is stopped
   */
  Ports up(Start start, Consumer<String> progress) throws InterruptedException {
    // Two at once would both find nothing running.
    DirectoryLock starting = DirectoryLock.take(directory.run(Member.KEEPER).resolveSibling("up"));
    try {
      return begin(start, progress);
    } finally {
      starting.close();
    }
  }

  private Ports begin(Start start, Consumer<String> progress) throws InterruptedException {
    Map<String, RunningProcess> running = running();
    if (!running.isEmpty()) {
      throw new IllegalStateException(
          "a cluster is up on %s: %s (expected: none; see waggle cluster status, or stop it with"
                  .formatted(directory.root(), String.join(", ", running.keySet()))
              + " waggle cluster down)");
    }
    directory.create();
    if (start.from() != null) {
      goBack(start.from());
    }
    Ports ports = Ports.choose(start.port());
    ports.write(directory.ports());
    ConfigFiles.write(directory, ports, start.surfaces(), start.parallelism());
    RunningProcess keeper = RunningProcess.start(directory, Member.keeper(directory), 0);
    try {
      awaitReady(keeper, ports, progress);
      return ports;
    } catch (InterruptedException | RuntimeException e) {
      down(stopped -> {});
      throw e;
    }
  }

  private void goBack(Path folder) {
    List<JobStart> starts =
        Stream.of(ClusterJob.values()).map(job -> new JobStart(directory, job)).toList();
    // Both are looked for before one is moved.
    starts.forEach(start -> start.savepointIn(folder));
    starts.forEach(start -> start.goBackTo(folder));
  }

  private void awaitReady(RunningProcess keeper, Ports ports, Consumer<String> progress)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + READY_PATIENCE.toNanos();
    Set<String> told = new HashSet<>();
    for (List<String> missing = missing(ports); !missing.isEmpty(); missing = missing(ports)) {
      if (!keeper.handle().isAlive()) {
        throw new IllegalStateException("the keeper has ended; see " + logs());
      }
      if (System.nanoTime() > deadlineNanos) {
        throw new IllegalStateException(
            "not ready after %d s: %s; see %s"
                .formatted(READY_PATIENCE.toSeconds(), String.join(", ", missing), logs()));
      }
      if (told.add(missing.get(0))) {
        progress.accept("waiting for " + missing.get(0));
      }
      Thread.sleep(CHECK_MILLIS);
    }
  }

  private Path logs() {
    return directory.root().resolve("logs");
  }

  /** What does not work yet or any more, in the order of the start; empty: all is well. */
  List<String> missing(Ports ports) throws InterruptedException {
    List<String> missing = new ArrayList<>();
    Map<String, RunningProcess> running = running();
    for (Member member : Member.all(directory, ports)) {
      if (!running.containsKey(member.name())) {
        missing.add(member.name());
      }
    }
    FlinkRest flink = new FlinkRest(ports.rest());
    if (flink.taskManagers() < Member.TASK_MANAGERS) {
      missing.add("the task managers' registration");
    }
    Optional<List<FlinkRest.JobState>> jobs = flink.jobs();
    for (ClusterJob job : ClusterJob.values()) {
      boolean runs =
          jobs.flatMap(all -> FlinkRest.find(all, job))
              .filter(FlinkRest.JobState::allRunning)
              .isPresent();
      if (!runs) {
        missing.add("the " + job.label() + " job");
      }
    }
    for (int i = 0; i < ports.services().size(); i++) {
      if (!ready(ports.services().get(i))) {
        missing.add("the readiness of service-" + (i + 1));
      }
    }
    return missing;
  }

  /** Whether a service says that its views have caught up. */
  static boolean ready(int port) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ready"))
            .timeout(HTTP_PATIENCE)
            .build();
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(HTTP_PATIENCE)
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the cluster has started and lives, the keeper first, in the order of the start. */
  Map<String, RunningProcess> running() {
    Map<String, RunningProcess> running = new LinkedHashMap<>();
    for (String name : names()) {
      RunningProcess.find(directory, name).ifPresent(process -> running.put(name, process));
    }
    return running;
  }

  /** Every process by name, the keeper first; empty where no cluster was ever up. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    ports()
        .ifPresent(
            ports -> {
              names.add(Member.KEEPER);
              Member.all(directory, ports).forEach(member -> names.add(member.name()));
            });
    return names;
  }

  Optional<Ports> ports() {
    return Ports.read(directory.ports());
  }

  /** Stops both jobs with a savepoint each; the processes go on. The folder of the savepoints. */
  Path savepoint(Consumer<String> progress) throws InterruptedException {
    Ports ports =
        ports()
            .filter(known -> running().containsKey("jobmanager"))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "no job manager runs on %s (expected: a cluster that is up)"
                            .formatted(directory.root())));
    return new SavepointStop(directory, new FlinkRest(ports.rest())).stop(progress);
  }

  /**
   * Stops what runs: the keeper, which would start the others again, then the others in reverse.
   *
   * @param stopped told each name
   * @return how many there were
   */
  int down(Consumer<String> stopped) throws InterruptedException {
    RunningProcess keeper = running().get(Member.KEEPER);
    int count = 0;
    if (keeper != null) {
      keeper.stop();
      stopped.accept(Member.KEEPER);
      count++;
    }
    // Only now: until its end the keeper may have started another.
    List<Map.Entry<String, RunningProcess>> members = new ArrayList<>(running().entrySet());
    Collections.reverse(members);
    for (Map.Entry<String, RunningProcess> member : members) {
      member.getValue().stop();
      stopped.accept(member.getKey());
      count++;
    }
    return count;
  }
}
