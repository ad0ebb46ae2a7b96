package io.waggle.app.cluster;

import io.waggle.app.embedded.Checkpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code cluster status} shows: a line for each process, then one for each job. */
final class ClusterStatus {
  private static final String PROCESS = "%-16s%-6s%9s%7s%10s%10s";

  private final Cluster cluster;
  private final Ports ports;

  ClusterStatus(Cluster cluster, Ports ports) {
    this.cluster = cluster;
    this.ports = ports;
  }

  List<String> lines() throws InterruptedException {
    List<String> lines = new ArrayList<>();
    lines.add(PROCESS.formatted("process", "", "pid", "port", "up for", "restarts"));
    Map<String, RunningProcess> running = cluster.running();
    lines.add(line(Member.KEEPER, "", running.get(Member.KEEPER)));
    for (Member member : Member.all(cluster.directory(), ports)) {
      lines.add(line(member.name(), Integer.toString(member.port()), running.get(member.name())));
    }
    lines.add("");
    FlinkRest flink = new FlinkRest(ports.rest());
    for (ClusterJob job : ClusterJob.values()) {
      lines.add(line(flink, job));
    }
    Lag.of(ports.bootstrapServers()).forEach(lag -> lines.add(lag.line()));
    return lines;
  }

  private static String line(String name, String port, @Nullable RunningProcess process) {
    return process == null
        ? PROCESS.formatted(name, "down", "", port, "", "").stripTrailing()
        : PROCESS.formatted(
            name, "up", process.pid(), port, process.age().toSeconds() + " s", process.restarts());
  }

  private String line(FlinkRest flink, ClusterJob job) throws InterruptedException {
    Optional<FlinkRest.JobState> state = flink.job(job);
    String said =
        state
            .map(
                known ->
                    "%s, %d of %d tasks run"
                        .formatted(known.state(), known.running(), known.tasks()))
            .orElse("not on the job manager");
    Optional<FlinkRest.Checkpoint> newest = flink.newestCheckpoint(job);
    String checkpoint =
        newest
            .map(
                done ->
                    "chk-%d, begun %.1f s ago"
                        .formatted(
                            done.id(),
                            (System.currentTimeMillis() - done.triggeredMillis()) / 1_000.0))
            .orElseGet(() -> onDisk(job));
    return "job %-12s%s; newest checkpoint: %s".formatted(job.label(), said, checkpoint);
  }

  private String onDisk(ClusterJob job) {
    return Checkpoints.newest(cluster.directory().checkpoints(), job.id())
        .map(Path::getFileName)
        .map(Path::toString)
        .orElse("none");
  }
}
