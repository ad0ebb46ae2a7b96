package io.waggle.app;

import static io.waggle.app.embedded.Await.await;
import static io.waggle.app.embedded.Await.awaitEmpty;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.waggle.app.report.MetricsPage;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Interaction;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Reward;
import io.waggle.v1.RewardRequest;
import io.waggle.v1.TrackRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Visits of a few users; remembers what was acknowledged and what has to be sent again. One thread.
 */
final class Load {
  private static final int USERS = 5;

  /** A call that may have to be made again, with the same ids. */
  @FunctionalInterface
  private interface Call {
    void make(LoopClient client);
  }

  private final String surface;
  private final Set<String> acknowledgedRewards = new HashSet<>();
  private final Map<String, Set<String>> acknowledgedInteractions = new HashMap<>();
  private final List<Call> unacknowledged = new ArrayList<>();
  private int visits;
  private int failedRanks;
  private long longestRankNanos;

  Load(String surface) {
    this.surface = surface;
  }

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

  int visits() {
    return visits;
  }

  /** Ranks that were not answered, each time one was not. */
  int failedRanks() {
    return failedRanks;
  }

  /** The longest that an answered rank took. */
  Duration longestRank() {
    return Duration.ofNanos(longestRankNanos);
  }

  List<?> unacknowledged() {
    return unacknowledged;
  }

  /** The ids by user. */
  Map<String, Set<String>> acknowledgedInteractions() {
    return acknowledgedInteractions;
  }

  /**
   * Checks topics, counts and equations: what was acknowledged is there, and nothing was folded or
   * learned twice. A reward is not learned only where its decision never reached its topic, or
   * where it was sent again when its decision's window had closed: then it is counted as late.
   *
   * @param mostLate rewards that may have been sent again so late
   * @return how many decisions never reached their topic
   */
  int isCountedOnce(LoopClient client, int mostLate) throws Exception {
    awaitEmpty(() -> LoopEquations.broken(client.service(), client.jobs(), surface));
    Set<String> decisions = new HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> decisionRecords = client.records(Topics.DECISIONS);
    decisionRecords.forEach(record -> decisions.add(text(record.key())));
    Map<String, String> decisionOfReward = new HashMap<>();
    List<ConsumerRecord<byte[], byte[]>> rewardRecords = client.records(Topics.REWARDS);
    for (ConsumerRecord<byte[], byte[]> record : rewardRecords) {
      Reward reward = Reward.parseFrom(record.value());
      decisionOfReward.put(reward.getRewardId(), reward.getDecisionId());
    }
    Set<String> interactions = new HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> interactionRecords = client.records(Topics.INTERACTIONS);
    for (ConsumerRecord<byte[], byte[]> record : interactionRecords) {
      interactions.add(Interaction.parseFrom(record.value()).getInteractionId());
    }

    assertThat(decisionOfReward.keySet()).containsAll(acknowledgedRewards);
    acknowledgedInteractions.values().forEach(ids -> assertThat(interactions).containsAll(ids));
    Set<String> orphans = new HashSet<>(decisionOfReward.values());
    orphans.removeAll(decisions);
    Map<String, Integer> expected = new LinkedHashMap<>();
    expected.put("decisions_received", decisionRecords.size());
    expected.put("decisions_learned", decisions.size());
    expected.put("learner_decisions_learned", decisions.size());
    expected.put("rewards_received", rewardRecords.size());
    expected.put("rewards_duplicate", rewardRecords.size() - decisionOfReward.size());
    expected.put("rewards_orphan", orphans.size());
    expected.put("interactions_received", interactionRecords.size());
    expected.put("interactions_folded", interactions.size());
    // A job that is just being restored has no figures at all, and equations of nothing hold.
    awaitEmpty(() -> different(client.jobs(), expected));
    MetricsPage jobs = client.jobs();
    long late = count(jobs, "rewards_late");
    assertThat(late).as("late rewards").isLessThanOrEqualTo(mostLate);
    assertThat(count(jobs, "rewards_learned") + late)
        .isEqualTo(decisionOfReward.size() - orphans.size());
    await(
        "every decision in the evaluation",
        () ->
            client.policy(surface, LoopClient.LEARNER).getEvaluation().getCount()
                == decisions.size());
    assertThat(client.records(Topics.DEAD_LETTERS)).isEmpty();
    return orphans.size();
  }

  private List<String> different(MetricsPage jobs, Map<String, Integer> expected) {
    List<String> different = new ArrayList<>();
    expected.forEach(
        (name, count) -> {
          long counted = count(jobs, name);
          if (counted != count) {
            different.add("%s: %d (expected: %d)".formatted(name, counted, count));
          }
        });
    return different;
  }

  private long count(MetricsPage jobs, String name) {
    return Math.round(jobs.sum("_surface_" + name, "surface", surface));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void send(LoopClient client, Call call) {
    try {
      call.make(client);
    } catch (StatusRuntimeException e) {
      unacknowledged.add(call);
    }
  }

  private void rank(LoopClient client, String user, String decision) {
    long beganNanos = System.nanoTime();
    try {
      var unused =
          client
              .ranking()
              .rank(
                  RankRequest.newBuilder()
                      .setSurface(surface)
                      .setUserId(user)
                      .setDecisionId(decision)
                      .build());
      longestRankNanos = Math.max(longestRankNanos, System.nanoTime() - beganNanos);
    } catch (StatusRuntimeException e) {
      failedRanks++;
      throw e;
    }
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
                            .setSurface(surface)
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
                    .setSurface(surface)
                    .setDecisionId(decision)
                    .setValue(value)
                    .build());
    acknowledgedRewards.add(id);
  }
}
