package io.waggle.benchmarks.jmh;

import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ApartConstraint;
import io.waggle.v1.CapConstraint;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.DiversityConstraint;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.Namespace;
import io.waggle.v1.PinConstraint;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SeenConstraint;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
 * One ranking by a policy that costs nothing, from request to decision and answer: without
 * constraints; with a filter that excludes a tenth; with what is seen, a pin, a cap, a distance and
 * diversity besides. {@code waggle bench jmh ConstrainedRanking}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConstrainedRankingBenchmark {
  private static final long NOW_MILLIS = 1_700_000_000_000L;
  private static final int CATEGORIES = 12;
  private static final int STOCKS = 10;
  private static final int SEEN = 20;

  @Param({"50", "1000"})
  private int actions;

  @Param({"none", "filter", "all"})
  private String constraints;

  private Ranker ranker;
  private Surface surface;
  private RankInput input;

  /** Prepares one request. */
  @Setup(Level.Trial)
  public void prepare() {
    ranker = new Ranker(new ServingModels());
    SurfaceConfig.Builder config =
        SurfaceConfig.newBuilder()
            .setName("shop")
            .setLivePolicy("uniform")
            .setReward(RewardConfig.getDefaultInstance())
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("uniform")
                    .setUniform(UniformPolicy.getDefaultInstance()));
    if (!constraints.equals("none")) {
      config.addConstraints(
          named("stock")
              .setFilter(FilterConstraint.newBuilder().setAttribute("item.stock").setAbove(0)));
    }
    if (constraints.equals("all")) {
      config
          .addConstraints(named("seen").setSeen(SeenConstraint.newBuilder().setFactor(0.5)))
          .addConstraints(named("pin").setPin(PinConstraint.newBuilder().setItem("i7").setPlace(3)))
          .addConstraints(
              named("cap")
                  .setCap(
                      CapConstraint.newBuilder()
                          .setAttribute("item.category")
                          .setMost(2)
                          .setFirst(20)))
          .addConstraints(
              named("apart").setApart(ApartConstraint.newBuilder().setAttribute("item.category")))
          .addConstraints(
              named("diversity")
                  .setDiversity(
                      DiversityConstraint.newBuilder()
                          .addAttributes("item.category")
                          .addAttributes("item.stock")
                          .setWeight(0.3)));
    }
    surface = Surface.of(config.build());
    input = new RankInput("d", "u", NOW_MILLIS, List.of(), session(), items(), false, List.of());
  }

  private static ConstraintConfig.Builder named(String name) {
    return ConstraintConfig.newBuilder().setName(name);
  }

  private static Session session() {
    Session.Builder session =
        Session.newBuilder().setUserId("u").setVersion(1).setLastMillis(NOW_MILLIS);
    for (int i = 0; i < SEEN; i++) {
      session.addRecentItems(
          SessionItem.newBuilder()
              .setItemId("i" + 3 * i)
              .setType("click")
              .setTimeMillis(NOW_MILLIS));
    }
    return session.build();
  }

  private List<Action> items() {
    List<Action> items = new ArrayList<>(actions);
    for (int i = 0; i < actions; i++) {
      items.add(
          Action.newBuilder()
              .setId("i" + i)
              .addNamespaces(
                  Namespace.newBuilder()
                      .setName("item")
                      .addFeatures(
                          feature(
                              "category", FeatureValue.newBuilder().setText("c" + i % CATEGORIES)))
                      .addFeatures(
                          feature("stock", FeatureValue.newBuilder().setNumber(i % STOCKS))))
              .build());
    }
    return items;
  }

  private static Feature feature(String name, FeatureValue.Builder value) {
    return Feature.newBuilder().setName(name).setValue(value).build();
  }

  /** From request to decision and answer. */
  @Benchmark
  public Ranker.Ranked rank() {
    return ranker.rank(surface, input);
  }
}
