package io.waggle.benchmarks.jmh;

import com.google.protobuf.ByteString;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.state.feature.FeatureFold;
import io.waggle.state.model.ServableModel;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.Session;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * All items of a surface ranked by two stages, 100 candidates, with one kind of declared feature;
 * and the same right after an item changed. Items and statistics are looked up in a map: what the
 * service finds in its cache. {@code waggle bench jmh Retrieval}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RetrievalBenchmark {
  private static final String SURFACE =
      """
      name: bench
      livePolicy: learner
      reward: {}
      retrieval: {candidates: 100}
      policies: [{name: learner, vowpalWabbit: {arguments: '%s'}}]
      """;

  private static final int FEATURES = 20;
  private static final int LEARNED = 300;

  @Param("10000")
  private int items;

  /** As a surface's file declares it. */
  @Param({
    "none",
    "itemAttribute: {attribute: f1}",
    "itemStatistic: {of: {types: [click]}, per: {types: [view]}, prior: 0.1}",
    "affinity: {field: category, actionFeature: action.f0}",
    "seen: {}"
  })
  private String declared;

  private final Map<String, Item> byId = new HashMap<>();
  private final Map<String, ItemStatistics> statistics = new HashMap<>();
  private final ServingModels models = new ServingModels();
  private Ranker ranker;
  private Surface surface;
  private RankInput input;
  private ItemCatalogue catalogue;

  /** A model that learned, and a session of 200 interactions. */
  @Setup(Level.Trial)
  public void prepare() throws RejectedExampleException {
    String features =
        declared.equals("none") ? "" : "features:\n  - {name: rate, " + declared + "}\n";
    surface = Surface.of(SurfaceFiles.parse(SURFACE.formatted(Workload.ARGUMENTS) + features));
    Workload workload = new Workload(6);
    for (Action action : workload.actions(items, FEATURES)) {
      byId.put(
          action.getId(),
          Item.newBuilder()
              .setSurface(Workload.SURFACE)
              .setItemId(action.getId())
              .addAllAttributes(action.getNamespacesList())
              .build());
      statistics.put(action.getId(), statistics(action.getId(), statistics.size()));
    }
    catalogue = new ItemCatalogue(byId.values());
    serve(workload);
    ranker = new Ranker(models, new Source());
    List<Namespace> context = List.of(workload.namespace("user", 8));
    Session session = session(workload);
    input =
        new RankInput(
            "d",
            "u1",
            session.getLastMillis() + 1_000,
            context,
            session,
            List.of(),
            false,
            List.of(),
            ItemSelection.getDefaultInstance());
  }

  private void serve(Workload workload) throws RejectedExampleException {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(Workload.ARGUMENTS, null)) {
      for (int event = 0; event < LEARNED; event++) {
        Decision decision = workload.decision(50, FEATURES);
        learner.learn(
            Example.of(decision), decision.getOrder(0), -(event % 2), decision.getPropensity());
      }
      boolean serves =
          models.apply(
              new ServableModel(
                  Workload.SURFACE,
                  "learner",
                  1,
                  ByteString.copyFrom(learner.modelBytes()),
                  Workload.ARGUMENTS,
                  LEARNED,
                  1,
                  0,
                  0));
      if (!serves) {
        throw new IllegalStateException("the model cannot be served");
      }
    }
  }

  private Session session(Workload workload) {
    SessionFold sessions = new SessionFold(SessionSettings.DEFAULT);
    FeatureFold features =
        new FeatureFold(
            surface.name(), surface.config().getFeaturesList(), List.of(surface.name()));
    Session folded = null;
    for (int index = 0; index < 200; index++) {
      Interaction interaction = workload.interaction(index);
      folded = features.fold(sessions.fold(folded, interaction).session(), interaction);
    }
    return Objects.requireNonNull(folded);
  }

  private static ItemStatistics statistics(String id, int of) {
    return ItemStatistics.newBuilder()
        .setSurface(Workload.SURFACE)
        .setItemId(id)
        .setVersion(100)
        .addStatistics(
            ItemStatistic.newBuilder()
                .setFeature("rate")
                .setFeatureVersion(1)
                .setAll(
                    ItemCounts.newBuilder()
                        .setOf(of % 50)
                        .setPer(100)
                        .setAsOfMillis(1_700_000_000_000L)))
        .build();
  }

  private final class Source implements ItemSource {
    @Override
    public @Nullable Item item(String of, String itemId) {
      return byId.get(itemId);
    }

    @Override
    public @Nullable ItemStatistics statistics(String of, String itemId) {
      return statistics.get(itemId);
    }

    @Override
    public ItemCatalogue catalogue(String of) {
      return catalogue;
    }
  }

  /** Nothing has changed since the last request. */
  @Benchmark
  public Ranker.Ranked rank() {
    return ranker.rank(surface, input);
  }

  /** The catalogue is made anew, and so indexed anew: at most once a second in the service. */
  @Benchmark
  public Ranker.Ranked rankAfterAChange() {
    catalogue = new ItemCatalogue(byId.values());
    return ranker.rank(surface, input);
  }
}
