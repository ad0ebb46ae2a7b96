package io.waggle.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.waggle.app.report.MetricsPage;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.TrackRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real command line, killed in the middle of its work and started again on its data. */
@Timeout(180)
class KilledLoopITCase {
  private static final String SURFACE = "front";
  private static final int WAIT_SECONDS = 15;
  private static final int USERS = 5;
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
    Load load = new Load();
    long versionBeforeKill;
    long learnedBeforeKill;
    Process first = start("first");
    try (LoopClient client = client("first", first)) {
      client.teach(SURFACE, "sport", 50);
      LoopClient.await(
          "a model before the kill", () -> client.rank(SURFACE, "eve").getEventsLearned() >= 50);
      versionBeforeKill = client.rank(SURFACE, "eve").getModelVersion();
      learnedBeforeKill = client.rank(SURFACE, "eve").getEventsLearned();
      for (int visit = 0; visit < VISITS_BEFORE_KILL; visit++) {
        load.visit(client, visit);
      }
      Thread killer = new Thread(first::destroyForcibly, "killer");
      killer.start();
      for (int visit = load.visits; load.unacknowledged.isEmpty(); visit++) {
        load.visit(client, visit);
      }
      killer.join();
    }
    assertThat(first.waitFor()).isNotZero();

    try (LoopClient client = client("second", start("second"))) {
      load.acknowledgedInteractions.forEach(
          (user, ids) ->
              LoopClient.await(
                  "what " + user + " did before the kill",
                  () -> client.rank(SURFACE, user).getSessionVersion() >= ids.size()));
      RankResponse served = client.rank(SURFACE, "eve");
      assertThat(served.getModelVersion()).isGreaterThanOrEqualTo(versionBeforeKill);
      assertThat(served.getEventsLearned()).isGreaterThanOrEqualTo(learnedBeforeKill);
      load.retry(client);
      load.acknowledgedInteractions.forEach(
          (user, ids) ->
              LoopClient.await(
                  "the session of " + user,
                  () -> client.rank(SURFACE, user).getSessionVersion() == ids.size()));
      int next = load.visits;
      for (int visit = next; visit < next + VISITS_AFTER_KILL; visit++) {
        load.visit(client, visit);
      }
      assertThat(load.unacknowledged).isEmpty();

      everythingIsCountedOnce(client, load);
    }
  }

  private static void everythingIsCountedOnce(LoopClient client, Load load) throws Exception {
    LoopClient.awaitEmpty(() -> LoopEquations.broken(client.service(), client.jobs(), SURFACE));
    Set<String> decisions = new HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> decisionRecords = client.records(Topics.DECISIONS);
    decisionRecords.forEach(record -> decisions.add(text(record.key())));
    Set<String> rewards = new HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> rewardRecords = client.records(Topics.REWARDS);
    for (ConsumerRecord<byte[], byte[]> record : rewardRecords) {
      rewards.add(Reward.parseFrom(record.value()).getRewardId());
    }
    Set<String> interactions = new HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> interactionRecords = client.records(Topics.INTERACTIONS);
    for (ConsumerRecord<byte[], byte[]> record : interactionRecords) {
      interactions.add(Interaction.parseFrom(record.value()).getInteractionId());
    }

    assertThat(rewards).containsAll(load.acknowledgedRewards);
    load.acknowledgedInteractions
        .values()
        .forEach(ids -> assertThat(interactions).containsAll(ids));
    MetricsPage jobs = client.jobs();
    assertThat(count(jobs, "decisions_received")).isEqualTo(decisionRecords.size());
    assertThat(count(jobs, "decisions_learned")).isEqualTo(decisions.size());
    assertThat(count(jobs, "learner_decisions_learned")).isEqualTo(decisions.size());
    assertThat(count(jobs, "rewards_received")).isEqualTo(rewardRecords.size());
    assertThat(count(jobs, "rewards_duplicate")).isEqualTo(rewardRecords.size() - rewards.size());
    assertThat(count(jobs, "interactions_received")).isEqualTo(interactionRecords.size());
    assertThat(count(jobs, "interactions_folded")).isEqualTo(interactions.size());
    LoopClient.await(
        "every decision in the evaluation",
        () ->
            client.policy(SURFACE, LoopClient.LEARNER).getEvaluation().getCount()
                == decisions.size());
    assertThat(client.records(Topics.DEAD_LETTERS)).isEmpty();
  }

  private static long count(MetricsPage jobs, String name) {
    return Math.round(jobs.sum("_surface_" + name, "surface", SURFACE));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
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
    LoopClient.await(
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

  /** A call that may have to be made again, with the same ids. */
  @FunctionalInterface
  private interface Call {
    void make(LoopClient client);
  }

  /** Visits of a few users; remembers what was acknowledged and what has to be sent again. */
  private static final class Load {
    private final Set<String> acknowledgedRewards = new HashSet<>();
    private final Map<String, Set<String>> acknowledgedInteractions = new HashMap<>();
    private final List<Call> unacknowledged = new ArrayList<>();
    private int visits;

    /** A user is shown something, does something, and the decision is rewarded. */
    void visit(LoopClient client, int visit) {
      visits = Math.max(visits, visit + 1);
      String user = "user-" + visit % USERS;
      String decision = "decision-" + visit;
      send(client, to -> rank(to, user, decision));
      send(client, to -> track(to, user, "interaction-" + visit));
      send(client, to -> reward(to, decision, "reward-" + visit, visit % 2));
    }

    /** Makes the calls that were not answered again. */
    void retry(LoopClient client) {
      List<Call> again = List.copyOf(unacknowledged);
      unacknowledged.clear();
      again.forEach(call -> send(client, call));
    }

    private void send(LoopClient client, Call call) {
      try {
        call.make(client);
      } catch (StatusRuntimeException e) {
        unacknowledged.add(call);
      }
    }

    private static void rank(LoopClient client, String user, String decision) {
      var unused =
          client
              .ranking()
              .rank(
                  RankRequest.newBuilder()
                      .setSurface(SURFACE)
                      .setUserId(user)
                      .setDecisionId(decision)
                      .build());
    }

    private void track(LoopClient client, String user, String id) {
      var unused =
          client
              .feedback()
              .track(
                  TrackRequest.newBuilder()
                      .addInteractions(
                          Interaction.newBuilder()
                              .setInteractionId(id)
                              .setSurface(SURFACE)
                              .setUserId(user)
                              .setType("click")
                              .setItemId("sport"))
                      .build());
      acknowledgedInteractions.computeIfAbsent(user, ids -> new HashSet<>()).add(id);
    }

    private void reward(LoopClient client, String decision, String id, double value) {
      var unused =
          client
              .feedback()
              .reward(
                  RewardRequest.newBuilder()
                      .setRewardId(id)
                      .setSurface(SURFACE)
                      .setDecisionId(decision)
                      .setValue(value)
                      .build());
      acknowledgedRewards.add(id);
    }
  }
}
