package io.waggle.app.cluster;

import io.waggle.app.embedded.DirectoryLock;
import io.waggle.app.embedded.EmbeddedTopics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.client.program.ProgramInvocationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an orchestrator does elsewhere: starts the members, starts one that has ended again, and
 * hands a job to a job manager that does not know it. One thread; a process of its own.
 *
 * <p>A member that ends soon after its start waits before the next, twice as long each time up to
 * half a minute. A job that was cancelled or has failed for good stays as it is.
 */
final class Keeper {
  private static final Logger LOGGER = LoggerFactory.getLogger(Keeper.class);
  private static final long CHECK_MILLIS = 100;
  private static final Duration SETTLED = Duration.ofMinutes(1);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(500);
  private static final int MOST_DOUBLINGS = 6;

  /** What the keeper remembers of a member. */
  private static final class Watched {
    private final Member member;
    private RunningProcess process;
    private int quickEnds;
    private long startAtNanos;
    private boolean ended;

    Watched(Member member, RunningProcess process) {
      this.member = member;
      this.process = process;
    }
  }

  private final ClusterDirectory directory;
  private final DirectoryLock lock;
  private final FlinkRest flink;
  private final JobSubmission submission;
  private final Map<String, Watched> watched = new HashMap<>();
  private final List<Member> members;

  /** INVARIANT: nothing is started once it is true, so who stops the keeper stops everything. */
  private boolean stopping;

  private Keeper(ClusterDirectory directory, Ports ports, DirectoryLock lock) {
    this.directory = directory;
    this.lock = lock;
    flink = new FlinkRest(ports.rest());
    submission = new JobSubmission(directory, ports);
    members = Member.all(directory, ports);
  }

  /** {@code DIR}; runs until it is stopped. */
  public static void main(String[] arguments) throws InterruptedException {
    ClusterDirectory directory = ClusterDirectory.of(Path.of(arguments[0]));
    Ports ports =
        Ports.read(directory.ports())
            .orElseThrow(() -> new IllegalStateException("no " + directory.ports()));
    try {
      Keeper keeper = new Keeper(directory, ports, DirectoryLock.take(directory.root()));
      Runtime.getRuntime().addShutdownHook(new Thread(keeper::stop, "stop keeper"));
      keeper.startAll(ports);
      keeper.keep();
    } catch (RuntimeException e) {
      // Kafka's and Flink's clients have threads of their own, which would go on.
      LOGGER.error("The keeper ends", e);
      Runtime.getRuntime().halt(1);
    }
  }

  /** Waits for a start that is under way, so that its file is written. */
  private synchronized void stop() {
    stopping = true;
    lock.close();
  }

  private synchronized Optional<RunningProcess> start(Member member, long restarts) {
    return stopping
        ? Optional.empty()
        : Optional.of(RunningProcess.start(directory, member, restarts));
  }

  private void startAll(Ports ports) throws InterruptedException {
    members.stream().filter(member -> !member.isService()).forEach(this::startFirst);
    // The services and the jobs want their topics from the beginning.
    while (!areTopicsThere(ports)) {
      watched.values().forEach(this::keepRunning);
      Thread.sleep(CHECK_MILLIS);
    }
    members.stream().filter(Member::isService).forEach(this::startFirst);
  }

  private static boolean areTopicsThere(Ports ports) {
    try {
      EmbeddedTopics.create(ports.bootstrapServers());
      return true;
    } catch (RuntimeException e) {
      LOGGER.warn("The topics cannot be made yet; it is tried again", e);
      return false;
    }
  }

  private void startFirst(Member member) {
    start(member, 0).ifPresent(process -> watched.put(member.name(), new Watched(member, process)));
  }

  private void keep() throws InterruptedException {
    while (true) {
      watched.values().forEach(this::keepRunning);
      submitWhatIsMissing();
      Thread.sleep(CHECK_MILLIS);
    }
  }

  private void keepRunning(Watched one) {
    if (one.process.handle().isAlive()) {
      return;
    }
    long now = System.nanoTime();
    if (!one.ended) {
      one.ended = true;
      boolean settled = one.process.age().compareTo(SETTLED) > 0;
      one.quickEnds = settled ? 0 : Math.min(one.quickEnds + 1, MOST_DOUBLINGS);
      one.startAtNanos = now + (one.quickEnds <= 1 ? 0 : SHORTEST_WAIT.toNanos() << one.quickEnds);
      LOGGER.warn("{} has ended (process {})", one.member.name(), one.process.pid());
    }
    if (now < one.startAtNanos) {
      return;
    }
    start(one.member, one.process.restarts() + 1)
        .ifPresent(
            process -> {
              one.process = process;
              one.ended = false;
              LOGGER.warn("{} is started again (process {})", one.member.name(), process.pid());
            });
  }

  /** Only to a job manager that answers; without task managers the job waits there. */
  private void submitWhatIsMissing() throws InterruptedException {
    Optional<List<FlinkRest.JobState>> known = flink.jobs();
    if (known.isEmpty()) {
      return;
    }
    for (ClusterJob job : ClusterJob.values()) {
      if (FlinkRest.find(known.get(), job).isEmpty()) {
        submit(job);
      }
    }
  }

  private void submit(ClusterJob job) {
    try {
      submission.submit(job);
    } catch (ProgramInvocationException | RuntimeException e) {
      LOGGER.warn("Job {} is not taken; it is tried again", job.label(), e);
    }
  }
}
