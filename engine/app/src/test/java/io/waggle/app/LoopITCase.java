package io.waggle.app;

import static io.waggle.app.embedded.Await.PATIENCE;
import static io.waggle.app.embedded.Await.await;
import static io.waggle.app.embedded.Await.awaitEmpty;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.topic.Topics;
import io.waggle.v1.ActivateRequest;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.Decision;
import io.waggle.v1.DerivedRewardRule;
import io.waggle.v1.Interaction;
import io.waggle.v1.PolicyEvaluation;
import io.waggle.v1.PolicyStatus;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankedAction;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.SignalConfig;
import io.waggle.v1.SignalStep;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.TrackRequest;
import io.waggle.v1.WatchRankingsResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole loop as its users see it; every test has a surface of its own. */
@Timeout(180)
class LoopITCase {
  private static final String SESSIONS = "sessions";
  private static final String LEARNING = "learning";
  private static final String REQUESTING = "requesting";
  private static final String WATCHING = "watching";
  private static final String DEFERRING = "deferring";
  private static final String EVALUATING = "evaluating";
  private static final String COUNTING = "counting";
  private static final String TRACKING = "tracking";
  private static final String SIGNALLING = "signalling";
  private static final String PUSHING = "pushing";
  private static final String[] SURFACES = {
    SESSIONS,
    LEARNING,
    REQUESTING,
    WATCHING,
    DEFERRING,
    EVALUATING,
    COUNTING,
    TRACKING,
    SIGNALLING,
    PUSHING
  };
  private static final int WAIT_SECONDS = 3;
  private static final Pattern METRIC = Pattern.compile("\\b(?:waggle|flink)_[A-Za-z_]+\\b");

  @TempDir static Path directory;
  private static EmbeddedWaggle waggle;
  private static LoopClient client;

  @BeforeAll
  static void start() throws InterruptedException {
    waggle =
        EmbeddedWaggle.start(
            EmbeddedWaggle.Settings.in(directory.resolve("data")),
            new Surfaces(
                Stream.of(SURFACES)
                    .map(name -> SurfaceFiles.parse(LoopClient.surface(name, WAIT_SECONDS)))
                    .map(config -> config.getName().equals(TRACKING) ? deriving(config) : config)
                    .map(
                        config -> config.getName().equals(SIGNALLING) ? signalling(config) : config)
                    .map(config -> config.getName().equals(PUSHING) ? pushing(config) : config)
                    .map(Surface::of)
                    .toList()),
            step -> {});
    client = LoopClient.of(waggle);
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (waggle != null) {
      waggle.close();
    }
  }

  @Test
  void whatAUserDidIsKnownToTheNextRank() {
    assertThat(client.rank(SESSIONS, "ann").getSessionVersion()).isZero();

    client.track(SESSIONS, "ann", "first");
    await("one folded", () -> client.rank(SESSIONS, "ann").getSessionVersion() == 1);
    client.track(SESSIONS, "ann", "second");
    client.track(SESSIONS, "ann", "second");
    client.track(SESSIONS, "ann", "third");

    await("three folded", () -> client.rank(SESSIONS, "ann").getSessionVersion() == 3);
    assertThat(client.rank(SESSIONS, "ben").getSessionVersion()).isZero();
    await("the repeat counted", () -> client.count(SESSIONS, "interactions_duplicate") == 1);
  }

  @Test
  void rewardedActionsAreShownMoreOftenByGrowingModelVersions() {
    client.teach(LEARNING, "news", 10);
    await("a first model", () -> client.rank(LEARNING, "eve").getModelVersion() > 0);
    RankResponse early = client.rank(LEARNING, "eve");

    client.teach(LEARNING, "news", 40);

    await("news learned", () -> probability(client.rank(LEARNING, "eve"), "news") > 0.85);
    await("all rewards learned", () -> client.rank(LEARNING, "eve").getEventsLearned() >= 50);
    RankResponse late = client.rank(LEARNING, "eve");
    assertThat(late.getModelVersion()).isGreaterThan(early.getModelVersion());
    assertThat(late.getEventsLearned()).isGreaterThan(early.getEventsLearned());
  }

  /** What the chart's alerts and dashboard ask for; deploy checks the same names by the page. */
  @Test
  void everyMetricOfAlertsAndDashboardIsExported() throws IOException {
    client.teach(LEARNING, "news", 3);
    client.track(LEARNING, "ann", "for the dashboard");
    Path chart = Path.of("../../deploy/helm/waggle");
    String asked =
        Files.readString(chart.resolve("alerts.yaml"))
            + Files.readString(chart.resolve("dashboards/waggle.json"));
    // Counted from the first time that a constraint gives way.
    Set<String> rare = Set.of("waggle_constraint_unmet_total");

    awaitEmpty(
        () -> {
          Set<String> exported = new HashSet<>(client.service().names());
          exported.addAll(client.jobs().names());
          return METRIC
              .matcher(asked)
              .results()
              .map(MatchResult::group)
              .distinct()
              .filter(name -> !exported.contains(name) && !rare.contains(name))
              .toList();
        });
  }

  @Test
  void everyPathThatProbesAndMonitorsAskIsServed() throws Exception {
    Path templates = Path.of("../../deploy/helm/waggle/templates");
    String asked =
        Files.readString(templates.resolve("ranking.yaml"))
            + Files.readString(templates.resolve("monitoring.yaml"));
    List<String> paths =
        Pattern.compile("\\bpath: (/[a-z]+)")
            .matcher(asked)
            .results()
            .map(match -> match.group(1))
            .distinct()
            .toList();

    assertThat(paths).containsExactlyInAnyOrder("/health", "/ready", "/metrics");
    for (String path : paths) {
      assertThat(status(path)).as(path).isEqualTo(200);
    }
    assertThat(status("/healthz")).isEqualTo(404);
  }

  private static int status(String path) throws IOException, InterruptedException {
    URI address = URI.create("http://127.0.0.1:" + waggle.port() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** Where a click is worth 1. */
  private static SurfaceConfig deriving(SurfaceConfig config) {
    SurfaceConfig.Builder deriving = config.toBuilder();
    deriving
        .getRewardBuilder()
        .getDerivedBuilder()
        .addRules(DerivedRewardRule.newBuilder().setInteraction("click").setValue(1));
    return deriving.build();
  }

  @Test
  void appThatOnlyTracksGetsItsPolicyTrained() {
    int chosen = 0;
    for (int i = 0; i < 60; i++) {
      RankResponse ranked = client.rank(TRACKING, "reader-" + i);
      chosen += ranked.getChosenActionId().equals("sport") ? 1 : 0;
      // Everybody clicks on sport, whatever was shown first.
      client.track(TRACKING, "reader-" + i, "click-" + i);
    }
    int clickedFirst = chosen;

    await("clicks are rewards", () -> client.count(TRACKING, "rewards_derived") == clickedFirst);
    await(
        "the others are not",
        () -> client.count(TRACKING, "derivation_unmatched") == 60 - clickedFirst);
    await("sport learned", () -> probability(client.rank(TRACKING, "eve"), "sport") > 0.85);
    await("all learned", () -> client.count(TRACKING, "rewards_learned") == clickedFirst);
  }

  /** Where a second click on the same item is looked for and worth -0.5. */
  private static SurfaceConfig signalling(SurfaceConfig config) {
    SurfaceConfig.Builder signalling = config.toBuilder();
    signalling
        .addSignals(
            SignalConfig.newBuilder()
                .setName("twice")
                .setWithin(Durations.fromSeconds(60))
                .addSteps(
                    SignalStep.newBuilder()
                        .setName("click")
                        .setInteraction("click")
                        .setTimes(2)
                        .setSameItemAs("click")))
        .getRewardBuilder()
        .setMin(-1)
        .setMax(1)
        .setWait(Durations.fromSeconds(15))
        .getDerivedBuilder()
        .addRules(DerivedRewardRule.newBuilder().setSignal("twice").setValue(-0.5));
    return signalling.build();
  }

  @Test
  void matchIsAFeatureAtOnceRanksAgainAndRewardsTheDecisionThatLedToIt() {
    RankResponse shown = client.rank(SIGNALLING, "fay", "sport");
    client.track(SIGNALLING, "fay", "fay-1");
    client.track(SIGNALLING, "fay", "fay-2");

    // By the count first: each look by a ranking is a decision more, and of a user 64 are kept.
    await("a match folded", () -> client.count(SIGNALLING, "signals_folded") == 1);
    await(
        "two clicks and a match known to the service",
        () -> client.rank(SIGNALLING, "fay").getSessionVersion() == 3);
    RankResponse next = client.rank(SIGNALLING, "fay", "sport");
    await("the match is a reward", () -> client.count(SIGNALLING, "rewards_derived") == 1);
    await(
        "the features of the next ranking",
        () ->
            decision(next.getDecisionId()).stream()
                .flatMap(decision -> decision.getSessionList().stream())
                .flatMap(namespace -> namespace.getFeaturesList().stream())
                .anyMatch(feature -> feature.getName().equals("signal=signalling/twice")));
    await(
        "rankings after two clicks and a match",
        () -> client.count(SIGNALLING, "rankings_made") == 3);
    await("the clicks are not", () -> client.count(SIGNALLING, "derivation_without_rule") == 2);
    assertThat(shown.getChosenActionId()).isEqualTo("sport");
  }

  @Test
  void everyPolicyIsEvaluatedOnTheSameDecisions() {
    client.teach(EVALUATING, "sport", 30);

    for (String policy : new String[] {LoopClient.LEARNER, "uniform", "baseline"}) {
      await(
          "30 decisions evaluated for " + policy,
          () -> client.policy(EVALUATING, policy).getEvaluation().getCount() == 30);
    }
    PolicyStatus learner = client.policy(EVALUATING, LoopClient.LEARNER);
    PolicyEvaluation baseline = client.policy(EVALUATING, "baseline").getEvaluation();
    PolicyEvaluation uniform = client.policy(EVALUATING, "uniform").getEvaluation();
    assertThat(learner.getLive()).isTrue();
    // Each of the rewards, and most decisions when they were shown.
    assertThat(learner.getEvaluation().getEventsLearned()).isBetween(30L, 60L);
    assertThat(uniform.getEventsLearned()).isZero();
    // The baseline shows sport, the one action that is ever rewarded.
    assertThat(baseline.getSnips()).isEqualTo(1);
    assertThat(baseline.getRewardSum()).isEqualTo(uniform.getRewardSum()).isPositive();
    assertThat(uniform.getInterval().getLower()).isLessThan(uniform.getInterval().getUpper());
    assertThat(uniform.getSnips()).isLessThan(1);
  }

  @Test
  void aRankingAskedForOverKafkaIsAnsweredThereAndLearned() {
    client.track(REQUESTING, "kim", "once");
    await("one folded", () -> client.rank(REQUESTING, "kim").getSessionVersion() == 1);
    client.produce(
        Topics.RANK_REQUESTS,
        "kim",
        RankRequest.newBuilder()
            .setSurface(REQUESTING)
            .setUserId("kim")
            .setDecisionId("asked")
            .build());

    await("an answer", () -> answer("asked").isPresent());
    WatchRankingsResponse answer = answer("asked").orElseThrow();
    assertThat(answer.getUserId()).isEqualTo("kim");
    assertThat(answer.getRanking().getSessionVersion()).isEqualTo(1);
    assertThat(answer.getRanking().getRankingList()).hasSize(2);

    client.reward(REQUESTING, "asked", 1);
    await("learned", () -> client.count(REQUESTING, "rewards_learned") == 1);
    assertThat(client.count(REQUESTING, "requests_answered")).isEqualTo(1);
  }

  @Test
  void aTrackedInteractionIsFollowedByARankingToThoseWhoWatch() throws Exception {
    try (LoopClient.Watch watch = client.watch(WATCHING, "wil")) {
      CompletableFuture<WatchRankingsResponse> pushed = watch.next();
      await("a watcher", () -> client.service().sum("waggle_watchers") == 1);

      client.track(WATCHING, "another", "not watched");
      client.track(WATCHING, "wil", "watched");

      WatchRankingsResponse ranking = pushed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(ranking.getUserId()).isEqualTo("wil");
      assertThat(ranking.getInteractionId()).isEqualTo("watched");
      assertThat(ranking.getRanking().getSessionVersion()).isEqualTo(1);
      assertThat(ranking.getRanking().getRankingList()).hasSize(2);
    }
    await("no watcher", () -> client.service().sum("waggle_watchers") == 0);
  }

  /** Where what was clicked is shown no more in the session. */
  private static SurfaceConfig pushing(SurfaceConfig config) {
    SurfaceConfig.Builder pushing = config.toBuilder().setLivePolicy("baseline");
    pushing.getPushBuilder().setLogDecisions(true);
    pushing.getRewardBuilder().setWait(Durations.fromSeconds(15));
    return pushing
        .addConstraints(
            ConstraintConfig.newBuilder()
                .setName("seen")
                .setSeen(SeenConstraint.getDefaultInstance()))
        .build();
  }

  @Test
  void ofPushedRankingsTheChangedOnesComeAndTheActivatedOneIsLearned() throws Exception {
    try (LoopClient.Watch watch = client.watch(PUSHING, "pia")) {
      CompletableFuture<WatchRankingsResponse> first = watch.next();
      await("a watcher", () -> client.service().sum("waggle_watchers") == 1);

      client.track(PUSHING, "pia", "pia-1", "something else");
      WatchRankingsResponse shown = first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      String id = shown.getRanking().getDecisionId();
      var unused =
          client
              .feedback()
              .activate(ActivateRequest.newBuilder().setSurface(PUSHING).setDecisionId(id).build());
      client.reward(PUSHING, id, 1);
      client.track(PUSHING, "pia", "pia-2", "something else");
      client.track(PUSHING, "pia", "pia-3", "sport");
      WatchRankingsResponse changed = watch.next().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

      assertThat(shown.getRanking().getRankingList()).hasSize(2);
      assertThat(changed.getInteractionId()).isEqualTo("pia-3");
      assertThat(changed.getRanking().getRankingList())
          .extracting(RankedAction::getActionId)
          .containsExactly("news");
    }
    await("the activated one learned", () -> learned() == 1);
    await("the other given up", () -> client.count(PUSHING, "decisions_unactivated") == 1);
    assertThat(learned()).isEqualTo(1);
    assertThat(client.count(PUSHING, "rankings_made")).isEqualTo(3);
    assertThat(client.count(PUSHING, "rankings_pushed")).isEqualTo(2);
    assertThat(client.count(PUSHING, "rankings_unchanged")).isEqualTo(1);
    assertThat(client.count(PUSHING, "rewards_learned")).isEqualTo(1);
  }

  private static double learned() {
    return client.count(PUSHING, "decisions_learned");
  }

  @Test
  void ofDeferredDecisionsOnlyTheActivatedOneIsLearned() {
    for (String id : new String[] {"shown", "never shown"}) {
      var unused =
          client
              .ranking()
              .rank(
                  RankRequest.newBuilder()
                      .setSurface(DEFERRING)
                      .setUserId("dan")
                      .setDecisionId(id)
                      .setDeferred(true)
                      .build());
      client.reward(DEFERRING, id, 1);
    }
    var unused =
        client
            .feedback()
            .activate(
                ActivateRequest.newBuilder().setSurface(DEFERRING).setDecisionId("shown").build());

    await("one learned", () -> client.count(DEFERRING, "decisions_learned") == 1);
    await("one given up", () -> client.count(DEFERRING, "decisions_unactivated") == 1);
    await(
        "one in the model",
        () -> client.policy(DEFERRING, LoopClient.LEARNER).getEventsLearned() >= 1);
    // When it was shown, by the draw that corrects for delay, and when its reward came.
    assertThat(client.policy(DEFERRING, LoopClient.LEARNER).getEventsLearned())
        .isLessThanOrEqualTo(2);
    assertThat(client.count(DEFERRING, "rewards_learned")).isEqualTo(1);
    assertThat(client.count(DEFERRING, "rewards_rejected")).isEqualTo(1);
  }

  @Test
  void everythingReceivedIsAccountedFor() {
    client.track(COUNTING, "lou", "told twice");
    client.track(COUNTING, "lou", "told twice");
    // More than a gap before the newest: counted, not folded.
    var unused =
        client
            .feedback()
            .track(
                TrackRequest.newBuilder()
                    .addInteractions(
                        Interaction.newBuilder()
                            .setSurface(COUNTING)
                            .setUserId("lou")
                            .setType("view")
                            .setEventTimeMillis(System.currentTimeMillis() - 3_600_000))
                    .build());
    String twice = client.rank(COUNTING, "lou").getDecisionId();
    client.reward(COUNTING, twice, 1);
    client.reward(COUNTING, twice, 1);
    var unrewarded = client.rank(COUNTING, "lou");
    client.reward(COUNTING, "nobody's", 1);

    awaitEmpty(() -> LoopEquations.brokenAnywhere(client.service(), client.jobs(), SURFACES));

    MetricsPage jobs = client.jobs();
    assertThat(unrewarded.getDecisionId()).isNotEqualTo(twice);
    assertThat(jobs.sum("_surface_rewards_orphan", "surface", COUNTING)).isEqualTo(1);
    // The second reward came within the window: it is part of the final one.
    assertThat(jobs.sum("_surface_rewards_learned", "surface", COUNTING)).isEqualTo(2);
    assertThat(jobs.sum("_surface_interactions_late", "surface", COUNTING)).isEqualTo(1);
    assertThat(jobs.sum("_surface_interactions_duplicate", "surface", COUNTING)).isEqualTo(1);
    assertThat(client.records(Topics.DEAD_LETTERS)).isEmpty();
  }

  private static double probability(RankResponse ranked, String action) {
    return ranked.getRankingList().stream()
        .filter(each -> each.getActionId().equals(action))
        .findFirst()
        .orElseThrow()
        .getProbability();
  }

  private static Optional<Decision> decision(String id) {
    return client.find(
        Topics.DECISIONS, Decision.parser(), decision -> decision.getDecisionId().equals(id));
  }

  private static Optional<WatchRankingsResponse> answer(String id) {
    return client.find(
        Topics.RANKINGS,
        WatchRankingsResponse.parser(),
        answer -> answer.getRanking().getDecisionId().equals(id));
  }
}
