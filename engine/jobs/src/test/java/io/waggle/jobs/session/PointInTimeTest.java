package io.waggle.jobs.session;

import static io.waggle.jobs.session.SessionFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surfaces;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Interaction;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankTask;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What decisions logged equals what {@link NaiveFeatures} computes from the raw interactions that
 * had arrived: online and replayed features are the same, within the error that tiles and sketches
 * declare, whatever the order of arrival within the gap.
 */
class PointInTimeTest {
  private static final long GAP = 30 * 60_000;
  private static final List<String> CATEGORIES = List.of("news", "sport", "arts", "");
  private static final Surfaces SURFACES = FeaturesFixture.surfaces(FeaturesFixture.FEATURES);

  /** An interaction or a request, in the order of arrival. */
  private record Step(@Nullable Interaction interaction, RankRequest request, long timeMillis) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void loggedFeaturesAreThoseOfTheInteractionsThatHadArrived(long seed) throws Exception {
    List<Step> log = log(seed, GAP);

    List<Decision> decisions = run(log, -1);

    assertThat(decisions).as("seed %d", seed).hasSizeGreaterThan(50);
    compareWithReference(seed, log, decisions, Set.of());
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void lateInteractionsCountInWhateverDoesNotSpeakOfTheSession(long seed) throws Exception {
    List<Step> log = log(seed, 10 * GAP);

    List<Decision> decisions = run(log, -1);

    compareWithReference(
        seed,
        log,
        decisions,
        Set.of(
            "history.length",
            "history.position",
            "history.age",
            "history.dwell",
            "history.entry_type",
            "history.entry_category",
            "history.visits",
            "history.session_brands",
            "item.seen",
            "item.clicked",
            "item.same"));
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void restartInTheMiddleLogsTheSameBytes(long seed) throws Exception {
    List<Step> log = log(seed, GAP);
    int cut = new Random(seed).nextInt(log.size());

    assertThat(run(log, cut)).as("seed %d cut %d", seed, cut).isEqualTo(run(log, -1));
  }

  /** Steps over some days; an interaction arrives at most {@code disorder} behind the newest. */
  private static List<Step> log(long seed, long disorder) {
    Random random = new Random(seed);
    Map<Step, Long> arrivals = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    long timeMillis = START;
    for (int i = 0; i < 500; i++) {
      timeMillis += 1 + (long) Math.exp(random.nextDouble() * Math.log(GAP * 3.0));
      String user = "u" + random.nextInt(3);
      Step step =
          random.nextInt(5) == 0
              ? new Step(null, request(random, user, i), timeMillis)
              : new Step(
                  interaction(random, user, i, timeMillis),
                  RankRequest.getDefaultInstance(),
                  timeMillis);
      steps.add(step);
      boolean isDelayed = step.interaction() != null && random.nextInt(3) == 0;
      arrivals.put(step, timeMillis + (isDelayed ? (long) (random.nextDouble() * disorder) : 0));
    }
    steps.sort(Comparator.comparing(arrivals::get));
    return steps;
  }

  private static Interaction interaction(Random random, String user, int index, long timeMillis) {
    Interaction.Builder interaction =
        Interaction.newBuilder()
            .setInteractionId("i" + index)
            .setUserId(user)
            .setSurface(random.nextInt(4) == 0 ? "quiet" : "front")
            .setType(random.nextInt(3) == 0 ? "click" : "view")
            .setItemId(random.nextInt(10) == 0 ? "" : "item" + random.nextInt(60))
            .setCategory(CATEGORIES.get(random.nextInt(CATEGORIES.size())))
            .setEventTimeMillis(timeMillis);
    if (random.nextInt(2) == 0) {
      interaction.setDecisionId("shown" + random.nextInt(30));
    }
    if (random.nextInt(2) == 0) {
      interaction.addProperties(number("price", random.nextInt(10_000) / 100.0));
    }
    interaction.addProperties(text("brand", "brand" + random.nextInt(8)));
    return interaction.addProperties(text("health", "diagnosis" + random.nextInt(3))).build();
  }

  private static RankRequest request(Random random, String user, int index) {
    RankRequest.Builder request =
        RankRequest.newBuilder()
            .setSurface("front")
            .setUserId(user)
            .setDecisionId("d" + index)
            .addContext(
                Namespace.newBuilder()
                    .setName("user")
                    .addFeatures(number("age", 10 + random.nextInt(60)))
                    .addFeatures(
                        text("zone", random.nextBoolean() ? "America/New_York" : "nowhere")))
            .addContext(
                Namespace.newBuilder()
                    .setName("query")
                    .addFeatures(
                        text("text", "Red shoes, size 4" + random.nextInt(9) + " — RED!")));
    for (int i = 0; i < 4; i++) {
      request.addActions(
          Action.newBuilder()
              .setId("item" + random.nextInt(15) + (i == 0 ? "" : i))
              .addNamespaces(
                  Namespace.newBuilder()
                      .setName("about")
                      .addFeatures(text("section", CATEGORIES.get(random.nextInt(3))))
                      .addFeatures(text("title", "Item number " + i))
                      .addFeatures(number("cost", random.nextInt(40)))));
    }
    return request.build();
  }

  private static Feature text(String name, String text) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(text))
        .build();
  }

  private static Feature number(String name, double number) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(number))
        .build();
  }

  /** Through the job's fold and the ranker; with a restart before step {@code cut}. */
  private static List<Decision> run(List<Step> log, int cut) throws Exception {
    List<Decision> decisions = new ArrayList<>();
    Ranker ranker = new Ranker(new ServingModels());
    OperatorSubtaskState snapshot = null;
    int from = 0;
    if (cut >= 0) {
      try (SessionHarness before = new SessionHarness(SURFACES, null)) {
        feed(before, log.subList(0, cut));
        before.tasks().forEach(task -> decisions.add(decide(ranker, task)));
        snapshot = before.snapshot();
        from = cut;
      }
    }
    try (SessionHarness harness = new SessionHarness(SURFACES, snapshot)) {
      feed(harness, log.subList(from, log.size()));
      harness.tasks().forEach(task -> decisions.add(decide(ranker, task)));
    }
    return decisions;
  }

  private static void feed(SessionHarness harness, List<Step> steps) throws Exception {
    for (Step step : steps) {
      if (step.interaction() == null) {
        harness.request(step.request(), step.timeMillis());
      } else {
        harness.interaction(step.interaction());
      }
    }
  }

  private static Decision decide(Ranker ranker, RankTask task) {
    RankRequest request = task.getRequest();
    return ranker
        .rank(
            Objects.requireNonNull(SURFACES.find(request.getSurface())),
            new RankInput(
                request.getDecisionId(),
                request.getUserId(),
                task.getTimeMillis(),
                request.getContextList(),
                task.hasSession() ? task.getSession() : null,
                request.getActionsList(),
                false,
                List.of()))
        .decision();
  }

  private static void compareWithReference(
      long seed, List<Step> log, List<Decision> decisions, Set<String> except) {
    Map<String, Decision> logged =
        decisions.stream().collect(Collectors.toMap(Decision::getDecisionId, decision -> decision));
    Map<String, List<Interaction>> known = new HashMap<>();
    for (Step step : log) {
      if (step.interaction() != null) {
        known
            .computeIfAbsent(step.interaction().getUserId(), user -> new ArrayList<>())
            .add(step.interaction());
        continue;
      }
      RankRequest request = step.request();
      Decision decision = Objects.requireNonNull(logged.get(request.getDecisionId()));
      NaiveFeatures naive =
          new NaiveFeatures(known.getOrDefault(request.getUserId(), List.of()), step.timeMillis());
      String what = "seed " + seed + " decision " + request.getDecisionId();
      compare(
          what,
          decision.getSessionList().stream()
              .filter(each -> !each.getName().equals("session"))
              .toList(),
          naive.shared(request.getContextList()),
          except);
      for (int i = 0; i < request.getActionsCount(); i++) {
        List<Namespace> added = new ArrayList<>(decision.getActions(i).getNamespacesList());
        added.removeAll(request.getActions(i).getNamespacesList());
        compare(what + " action " + i, added, naive.action(request.getActions(i)), except);
      }
    }
  }

  private static void compare(
      String what, List<Namespace> namespaces, Map<String, Object> expected, Set<String> except) {
    Map<String, FeatureValue> actual = new TreeMap<>();
    for (Namespace namespace : namespaces) {
      for (Feature feature : namespace.getFeaturesList()) {
        actual.put(namespace.getName() + "." + feature.getName(), feature.getValue());
      }
    }
    actual.keySet().removeAll(except);
    expected.keySet().removeAll(except);
    assertThat(actual.keySet()).as(what).isEqualTo(expected.keySet());
    actual.forEach((name, value) -> compare(what + " " + name, value, expected.get(name)));
  }

  private static void compare(String what, FeatureValue actual, @Nullable Object expected) {
    if (expected instanceof NaiveFeatures.Range range) {
      assertThat(actual.getNumber()).as(what).isBetween(range.from(), range.to());
    } else {
      Set<String> texts =
          actual.hasTexts()
              ? new HashSet<>(actual.getTexts().getValuesList())
              : Set.of(actual.getText());
      assertThat(texts).as(what).isEqualTo(expected);
    }
  }
}
