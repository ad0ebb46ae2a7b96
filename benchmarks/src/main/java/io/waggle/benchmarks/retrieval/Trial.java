package io.waggle.benchmarks.retrieval;

import com.google.protobuf.ByteString;
import io.waggle.benchmarks.retrieval.Store.Visit;
import io.waggle.core.codec.VowpalWabbitModel;
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
import io.waggle.v1.ItemSelection;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RetrievalConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.VowpalWabbitPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * One store and one model learned in it: what is lost by passing items over, and what ranking
 * takes. One thread.
 */
final class Trial {
  private static final String EXPLORATION = "--cb_explore_adf --epsilon 0.05 -b 18 ";
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SHOWN = 10;
  private static final int CHUNK = 1_000;
  private static final long NOW_MILLIS = 1_700_000_000_000L;

  private final Store store;
  private final String arguments;
  private final byte[] model;
  private final Scorer scorer;
  private final List<Action> actions;
  private final int[] all;

  /**
   * What is lost with one number of candidates, means over visits.
   *
   * @param best share of visits whose best item by the exact scores is a candidate
   * @param bestTen share of the ten best that are candidates
   * @param reward chance that what is shown first is bought, in parts of what the exact ranking's
   *     first has
   */
  record Loss(double best, double bestTen, double reward) {}

  /** Learns from decisions whose actions and choices were drawn uniformly. */
  Trial(long seed, int items, int decisions, String interactions) throws RejectedExampleException {
    store = new Store(seed, items);
    arguments = EXPLORATION + interactions;
    actions = store.actions();
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
      shown.add(actions.get(item));
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
   * @param ownOnly true: items are retrieved by their own weights, whoever asks
   */
  List<Loss> losses(int[] candidates, int visits, boolean ownOnly) {
    double[] best = new double[candidates.length];
    double[] bestTen = new double[candidates.length];
    double[] reward = new double[candidates.length];
    double exactReward = 0;
    for (int i = 0; i < visits; i++) {
      Visit visit = store.visit();
      float[] exact = exactScores(visit);
      Integer[] byExact = order(exact);
      Example shared =
          ownOnly
              ? new Example(List.of(), List.of(), actions.subList(0, 1))
              : Store.example(visit, actions.subList(0, 1));
      Integer[] byCost = order(scorer.costs(shared, actions, all));
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

  /** Of all items: as many at a time as one example may have. */
  private float[] exactScores(Visit visit) {
    float[] scores = new float[actions.size()];
    for (int first = 0; first < scores.length; first += CHUNK) {
      List<Action> some = actions.subList(first, Math.min(scores.length, first + CHUNK));
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
                NOW_MILLIS,
                0,
                0));
    Ranker ranker = new Ranker(models, store);
    List<String> names = new ArrayList<>(List.of("exact scores", "exact rankings"));
    List<Supplier<Object>> ways = new ArrayList<>();
    Visit[] visit = {store.visit()};
    ways.add(() -> exactScores(visit[0]));
    ways.add(() -> exactRankings(ranker, visit[0]));
    names.add("retrieval scores");
    ways.add(() -> scorer.costs(Store.example(visit[0], actions.subList(0, 1)), actions, all));
    for (int most : candidates) {
      Surface surface = surface(most);
      names.add("two stages, " + most);
      ways.add(() -> ranker.rank(surface, input(visit[0], List.of(), true)));
    }
    List<Histogram> micros = names.stream().map(name -> new Histogram(3)).toList();
    // So that nothing that is timed is for nothing.
    Object[] kept = new Object[1];
    for (int round = -warmUp; round < rounds; round++) {
      visit[0] = store.visit();
      for (int way = 0; way < ways.size(); way++) {
        long started = THREADS.getCurrentThreadCpuTime();
        Object made = ways.get(way).get();
        long nanos = THREADS.getCurrentThreadCpuTime() - started;
        kept[0] = made;
        if (round >= 0) {
          micros.get(way).recordValue(nanos / 1_000);
        }
      }
    }
    return IntStream.range(0, names.size())
        .mapToObj(way -> new Timed(names.get(way), micros.get(way)))
        .toList();
  }

  private Object exactRankings(Ranker ranker, Visit visit) {
    Surface surface = surface(1);
    List<Ranker.Ranked> ranked = new ArrayList<>();
    for (int first = 0; first < actions.size(); first += CHUNK) {
      List<Action> ids =
          actions.subList(first, Math.min(actions.size(), first + CHUNK)).stream()
              .map(action -> Action.newBuilder().setId(action.getId()).build())
              .toList();
      ranked.add(ranker.rank(surface, input(visit, ids, false)));
    }
    return ranked;
  }

  private static RankInput input(Visit visit, List<Action> ids, boolean everything) {
    return new RankInput(
        "d",
        "",
        NOW_MILLIS,
        visit.context(),
        null,
        ids,
        false,
        List.of(),
        everything ? ItemSelection.getDefaultInstance() : null);
  }

  private Surface surface(int candidates) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName(Store.SURFACE)
            .setLivePolicy("live")
            .setReward(RewardConfig.getDefaultInstance())
            .setRetrieval(RetrievalConfig.newBuilder().setCandidates(candidates))
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("live")
                    .setVowpalWabbit(VowpalWabbitPolicy.newBuilder().setArguments(arguments)))
            .build());
  }
}
