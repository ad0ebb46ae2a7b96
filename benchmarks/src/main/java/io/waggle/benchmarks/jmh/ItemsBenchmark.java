package io.waggle.benchmarks.jmh;

import io.waggle.core.declared.ItemSource;
import io.waggle.core.model.ServingModels;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.Item;
import io.waggle.v1.ItemAttributeFeature;
import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.PolicyConfig;
import io.waggle.v1.RewardConfig;
import io.waggle.v1.SurfaceConfig;
import io.waggle.v1.UniformPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * Ranking the same actions with their features in the request, and by ids with the features from
 * their items; by a uniform policy, so that scoring hides nothing. Items are looked up in a map:
 * what the service finds in its cache. {@code waggle bench jmh Items}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ItemsBenchmark {
  private static final long NOW_MILLIS = 1_700_000_000_000L;

  @Param("50")
  private int actions;

  @Param("20")
  private int features;

  private final ServingModels models = new ServingModels();
  private Ranker withoutItems;
  private Ranker withItems;
  private Surface plain;
  private Surface counting;
  private Surface hiding;
  private RankInput inline;
  private RankInput byIds;

  /** The actions, and the same as items with one statistic of two segments. */
  @Setup(Level.Trial)
  public void prepare() {
    List<Action> all = new Workload(4).actions(actions, features);
    Map<String, Item> items = new HashMap<>();
    Map<String, ItemStatistics> statistics = new HashMap<>();
    for (Action action : all) {
      items.put(
          Workload.SURFACE + "/" + action.getId(),
          Item.newBuilder()
              .setSurface(Workload.SURFACE)
              .setItemId(action.getId())
              .addAllAttributes(action.getNamespacesList())
              .build());
      statistics.put(Workload.SURFACE + "/" + action.getId(), statistics(action.getId()));
    }
    withoutItems = new Ranker(models);
    withItems =
        new Ranker(
            models,
            new ItemSource() {
              @Override
              public @Nullable Item item(String surface, String itemId) {
                return items.get(surface + "/" + itemId);
              }

              @Override
              public @Nullable ItemStatistics statistics(String surface, String itemId) {
                return statistics.get(surface + "/" + itemId);
              }
            });
    plain = surface(List.of());
    counting = surface(List.of(rate()));
    Namespace some = all.get(0).getNamespaces(0);
    hiding = surface(List.of(sensitive(some.getName() + "." + some.getFeatures(0).getName())));
    inline = input(all);
    byIds =
        input(
            all.stream().map(action -> Action.newBuilder().setId(action.getId()).build()).toList());
  }

  private static ItemStatistics statistics(String id) {
    ItemCounts counts =
        ItemCounts.newBuilder().setOf(7).setPer(90).setAsOfMillis(NOW_MILLIS - 60_000).build();
    return ItemStatistics.newBuilder()
        .setSurface(Workload.SURFACE)
        .setItemId(id)
        .setVersion(100)
        .addStatistics(
            ItemStatistic.newBuilder()
                .setFeature("click_rate")
                .setFeatureVersion(1)
                .setAll(counts)
                .putSegments("phone", counts)
                .putSegments("desk", counts))
        .build();
  }

  private static FeatureConfig rate() {
    return FeatureConfig.newBuilder()
        .setName("click_rate")
        .setItemStatistic(
            ItemStatisticFeature.newBuilder()
                .setOf(InteractionFilter.newBuilder().addTypes("click"))
                .setPer(InteractionFilter.newBuilder().addTypes("view"))
                .setPrior(0.1))
        .build();
  }

  private static FeatureConfig sensitive(String attribute) {
    return FeatureConfig.newBuilder()
        .setName("hidden")
        .setSensitive(true)
        .setItemAttribute(ItemAttributeFeature.newBuilder().setAttribute(attribute))
        .build();
  }

  private static Surface surface(List<FeatureConfig> features) {
    return Surface.of(
        SurfaceConfig.newBuilder()
            .setName(Workload.SURFACE)
            .setLivePolicy("uniform")
            .addPolicies(
                PolicyConfig.newBuilder()
                    .setName("uniform")
                    .setUniform(UniformPolicy.getDefaultInstance()))
            .setReward(RewardConfig.getDefaultInstance())
            .addAllFeatures(features)
            .build());
  }

  private static RankInput input(List<Action> actions) {
    return new RankInput("d", "", NOW_MILLIS, List.of(), null, actions, false, List.of());
  }

  /** Features in the request, and nobody knows an item. */
  @Benchmark
  public Ranker.Ranked inline() {
    return withoutItems.rank(plain, inline);
  }

  /** Features in the request, and each action's item is looked up and adds nothing. */
  @Benchmark
  public Ranker.Ranked inlineWithItems() {
    return withItems.rank(plain, inline);
  }

  /** Ids in the request, features from the items. */
  @Benchmark
  public Ranker.Ranked byIds() {
    return withItems.rank(plain, byIds);
  }

  /** The same with one declared statistic. */
  @Benchmark
  public Ranker.Ranked byIdsWithStatistic() {
    return withItems.rank(counting, byIds);
  }

  /** The same with an attribute that is sensitive. */
  @Benchmark
  public Ranker.Ranked byIdsWithSensitiveAttribute() {
    return withItems.rank(hiding, byIds);
  }
}
