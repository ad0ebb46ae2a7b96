package io.waggle.benchmarks.retrieval;

import com.google.protobuf.ByteString;
import io.waggle.benchmarks.retrieval.Store.Visit;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.declared.CatalogueActions;
import io.waggle.core.declared.DeclaredFeatures;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.score.Scorer;
import io.waggle.core.surface.Surface;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RetrievalConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One store and one model learned in it: what is lost by passing items over, and what ranking
 * takes. One thread.
 */
final class Trial {
  private static final String EXPLORATION = "--cb_explore_adf --epsilon 0.05 -b 18 ";
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SHOWN = 10;
  private static final int CHUNK = 1_000;
  private static final int ALONE_CANDIDATES = 100;
  private static final Duration GAP = Duration.ofMinutes(30);

  private final Store store;
  private final String arguments;
  private final byte[] model;
  private final Scorer scorer;
  private final List<FeatureConfig> declared;
  private final DeclaredFeatures features;

  /** The items, and the same with what is declared. */
  private final List<Action> actions;

  private final List<Action> complete;
  private final int[] all;

  /** What items are retrieved by. */
  enum Knowing {
    /** All that the first stage knows. */
    ALL,
    /** That but for declared features. */
    NOTHING_DECLARED,
    /** Items' own weights, whoever asks. */
    OWN_WEIGHTS
  }

  /**
   * What is lost with one number of candidates, means over visits.
   *
   * @param best share of visits whose best item by the exact scores is a candidate
   * @param bestTen share of the ten best that are candidates
   * @param reward chance that what is shown first is bought, in parts of what the exact ranking's
   *     first has
   */
  record Loss(double best, double bestTen, double reward) {}

  /**
   * Learns from decisions whose actions and choices were drawn uniformly.
   *
   * @param rated true: the items' statistic is declared
   */
  Trial(long seed, int items, int decisions, String interactions, boolean rated)
      throws RejectedExampleException {
    store = new Store(seed, items);
    arguments = EXPLORATION + interactions;
    actions = store.actions();
    declared = rated ? List.of(Store.RATE) : List.of();
    features = new DeclaredFeatures(store);
    complete = request(store.visit()).actions(actions);
    all = IntStream.range(0, items).toArray();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < decisions; i++) {
        learn(learner);
      }
      model = learner.modelBytes();
    }
    scorer = Scorer.of(arguments, VowpalWabbitModel.parse(model));
  }

  private void learn(VowpalWabbitLearner learner) throws RejectedExampleException {
    Visit visit = store.visit();
    List<Action> shown = new ArrayList<>();
    int chosen = 0;
    for (int i = 0; i < SHOWN; i++) {
      int item = store.anyOf(actions.size());
      shown.add(complete.get(item));
      chosen = i == 0 ? item : chosen;
    }
    // Which of them comes first is drawn already, so the first is chosen with 1 / shown.
    double cost = store.buys(visit, chosen) ? -1 : 0;
    var unused = learner.learn(Store.example(visit, shown), 0, cost, 1.0 / SHOWN);
  }

  /**
   * What is lost.
   *
   * @param candidates numbers of candidates
   * @param knowing what items are retrieved by
   */
  List<Loss> losses(int[] candidates, int visits, Knowing knowing) {
    double[] best = new double[candidates.length];
    double[] bestTen = new double[candidates.length];
    double[] reward = new double[candidates.length];
    double exactReward = 0;
    for (int i = 0; i < visits; i++) {
      Visit visit = store.visit();
      float[] exact = exactScores(visit);
      Integer[] byExact = order(exact);
      Integer[] byCost = order(costs(visit, knowing));
      int[] placeByCost = new int[byCost.length];
      for (int place = 0; place < byCost.length; place++) {
        placeByCost[byCost[place]] = place;
      }
      exactReward += store.chance(visit, byExact[0]);
      for (int j = 0; j < candidates.length; j++) {
        int most = candidates[j];
        best[j] += placeByCost[byExact[0]] < most ? 1 : 0;
        bestTen[j] +=
            Arrays.stream(byExact).limit(10).filter(item -> placeByCost[item] < most).count()
                / 10.0;
        int first =
            Arrays.stream(byExact)
                .filter(item -> placeByCost[item] < most)
                .findFirst()
                .orElseThrow();
        reward[j] += store.chance(visit, first);
      }
    }
    List<Loss> losses = new ArrayList<>();
    for (int j = 0; j < candidates.length; j++) {
      losses.add(new Loss(best[j] / visits, bestTen[j] / visits, reward[j] / exactReward));
    }
    return losses;
  }

  private float[] costs(Visit visit, Knowing knowing) {
    Example shared =
        knowing == Knowing.OWN_WEIGHTS
            ? new Example(List.of(), List.of(), actions.subList(0, 1))
            : Store.example(visit, actions.subList(0, 1));
    if (knowing != Knowing.ALL) {
      return scorer.costs(shared, actions, all);
    }
    DeclaredFeatures.Request request = request(visit);
    CatalogueActions catalogue =
        Objects.requireNonNull(request.catalogue(List.of()), "the store lists its items");
    return scorer.costs(shared, catalogue.known(), () -> request.numbers(catalogue, all), all);
  }

  private DeclaredFeatures.Request request(Visit visit) {
    return features.request(surface(1).config(), GAP, null, visit.context(), Store.NOW_MILLIS);
  }

  /** Of all items: as many at a time as one example may have. */
  private float[] exactScores(Visit visit) {
    float[] scores = new float[actions.size()];
    for (int first = 0; first < scores.length; first += CHUNK) {
      List<Action> some = complete.subList(first, Math.min(scores.length, first + CHUNK));
      float[] scored = scorer.scores(Store.example(visit, some))[0];
      System.arraycopy(scored, 0, scores, first, scored.length);
    }
    return scores;
  }

  private static Integer[] order(float[] costs) {
    Integer[] order = new Integer[costs.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> costs[i]));
    return order;
  }

  /** Times of one way to rank, processor time of the thread: others do not count. */
  record Timed(String way, Histogram micros) {}

  private record Way(String name, Supplier<Object> run) {}

  /**
   * Times of ranking all items, turn by turn: exactly, as requests of 1,000 ids each, which is the
   * most that one may have, and by two stages. A request leads to a decision that could be logged.
   */
  List<Timed> times(int[] candidates, int rounds, int warmUp) {
    ServingModels models = new ServingModels();
    var unused =
        models.apply(
            new ServableModel(
                Store.SURFACE,
                "live",
                1,
                ByteString.copyFrom(model),
                arguments,
                1,
                Store.NOW_MILLIS,
                0,
                0));
    Ranker ranker = new Ranker(models, store);
    Visit[] visit = {store.visit()};
    List<Way> side = new ArrayList<>();
    side.add(new Way("exact scores", () -> exactScores(visit[0])));
    side.add(new Way("exact rankings", () -> exactRankings(ranker, visit[0])));
    for (int most : candidates) {
      Surface surface = surface(most);
      side.add(new Way("two stages, " + most, () -> ranker.rank(surface, everything(visit[0], 0))));
    }
    Surface surface = surface(ALONE_CANDIDATES);
    long[] seconds = {0};
    List<Way> alone =
        List.of(
            new Way("first stage", () -> costs(visit[0], Knowing.ALL)),
            new Way(
                "two stages, %d, a second later each time".formatted(ALONE_CANDIDATES),
                () -> ranker.rank(surface, everything(visit[0], 1_000 * ++seconds[0]))),
            new Way(
                "two stages, %d, an item changed before each".formatted(ALONE_CANDIDATES),
                () -> {
                  store.change();
                  return ranker.rank(surface, everything(visit[0], 0));
                }));
    List<Timed> timed = new ArrayList<>(times(side, visit, rounds, warmUp));
    for (Way way : alone) {
      // What one finds out about the items is of no use to the others, and pushes out theirs.
      timed.addAll(times(List.of(way), visit, rounds, warmUp));
    }
    return timed;
  }

  private List<Timed> times(List<Way> ways, Visit[] visit, int rounds, int warmUp) {
    List<Timed> timed = ways.stream().map(way -> new Timed(way.name(), new Histogram(3))).toList();
    // So that nothing that is timed is for nothing.
    Object[] kept = new Object[1];
    for (int round = -warmUp; round < rounds; round++) {
      visit[0] = store.visit();
      for (int way = 0; way < ways.size(); way++) {
        long started = THREADS.getCurrentThreadCpuTime();
        kept[0] = ways.get(way).run().get();
        long nanos = THREADS.getCurrentThreadCpuTime() - started;
        if (round >= 0) {
          timed.get(way).micros().recordValue(nanos / 1_000);
        }
      }
    }
    return timed;
  }

  private Object exactRankings(Ranker ranker, Visit visit) {
    Surface surface = surface(1);
    List<Ranker.Ranked> ranked = new ArrayList<>();
    for (int first = 0; first < actions.size(); first += CHUNK) {
      List<Action> ids =
          actions.subList(first, Math.min(actions.size(), first + CHUNK)).stream()
              .map(action -> Action.newBuilder().setId(action.getId()).build())
              .toList();
      ranked.add(ranker.rank(surface, input(visit, ids, 0, null)));
    }
    return ranked;
  }

  private static RankInput everything(Visit visit, long laterMillis) {
    return input(visit, List.of(), laterMillis, ItemSelection.getDefaultInstance());
  }

  private static RankInput input(
      Visit visit, List<Action> ids, long laterMillis, @Nullable ItemSelection items) {
    return new RankInput(
        "d",
        "",
        Store.NOW_MILLIS + laterMillis,
        visit.context(),
        null,
        ids,
        false,
        List.of(),
        items);
  }

  private Surface surface(int candidates) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName(Store.SURFACE)
            .setLivePolicy("live")
            .setReward(RewardConfig.getDefaultInstance())
            .setRetrieval(RetrievalConfig.newBuilder().setCandidates(candidates))
            .addAllFeatures(declared)
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("live")
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .build());
  }
}
