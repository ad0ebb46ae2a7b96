package io.waggle.benchmarks.retrieval;

import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureConfig;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.InteractionFilter;
import io.waggle.v1.Item;
import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatisticFeature;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A made-up shop: items with attributes that many share, users of tastes, and the chance that one
 * buys the other. Seeded; one thread.
 *
 * <p>Each item has a category, a brand, three tags, a price and twelve attributes that mean
 * nothing; its own appeal is in none of them, but some of it in its statistic: what 200 visitors at
 * random bought. A user likes some categories and tags, by segment, and what a segment likes in the
 * morning it likes less in the evening.
 */
final class Store implements ItemSource {
  static final String SURFACE = "shop";
  static final long NOW_MILLIS = 1_700_000_000_000L;

  private static final int CATEGORIES = 40;
  private static final int BRANDS = 200;
  private static final int TAGS = 100;
  private static final int TAGS_OF_ITEM = 3;
  private static final int PRICE = 2 + TAGS_OF_ITEM;
  private static final int SEGMENTS = 12;
  private static final int NOISE = 12;
  private static final double BASE = -3;

  /** Who met an item before. */
  private static final int MET = 200;

  /** The statistic, declared. */
  static final FeatureConfig RATE =
      FeatureConfig.newBuilder()
          .setName("buy_rate")
          .setItemStatistic(
              ItemStatisticFeature.newBuilder()
                  .setOf(InteractionFilter.newBuilder().addTypes("buy"))
                  .setPer(InteractionFilter.newBuilder().addTypes("view"))
                  .setPrior(0.05))
          .build();

  private final Random random;
  private final List<Item> items = new ArrayList<>();
  private final List<Action> actions = new ArrayList<>();
  private final int[] category;
  private final int[][] tags;
  private final double[] appeal;
  private final double[][] byCategory = new double[SEGMENTS][CATEGORIES];
  private final double[][] byTag = new double[SEGMENTS][TAGS];
  private final double[][] inTheEvening = new double[SEGMENTS][CATEGORIES];
  private int changes;
  private final Map<String, ItemStatistics> statistics = new HashMap<>();
  private ItemCatalogue catalogue;

  /** Who asks, and when. */
  record Visit(int segment, boolean evening, List<Namespace> context) {}

  Store(long seed, int count) {
    random = new Random(seed * 0x9e3779b97f4a7c15L);
    category = new int[count];
    tags = new int[count][TAGS_OF_ITEM];
    appeal = new double[count];
    fill(byCategory, 1);
    fill(byTag, 0.7);
    fill(inTheEvening, 0.7);
    for (int i = 0; i < count; i++) {
      items.add(item(i));
    }
    // Of numbers of their own, so that they change nothing else of the shop.
    Random met = new Random(~seed);
    for (int i = 0; i < count; i++) {
      statistics.put(items.get(i).getItemId(), statistics(i, met));
    }
    catalogue = new ItemCatalogue(items);
    for (Item item : catalogue.items()) {
      actions.add(
          Action.newBuilder()
              .setId(item.getItemId())
              .addAllNamespaces(item.getAttributesList())
              .build());
    }
  }

  private void fill(double[][] tastes, double deviation) {
    for (double[] row : tastes) {
      for (int i = 0; i < row.length; i++) {
        row[i] = deviation * random.nextGaussian();
      }
    }
  }

  private Item item(int index) {
    category[index] = random.nextInt(CATEGORIES);
    appeal[index] = 0.5 * random.nextGaussian();
    Namespace.Builder item = Namespace.newBuilder().setName("item");
    item.addFeatures(text("category", "c" + category[index]));
    item.addFeatures(text("brand", "b" + random.nextInt(BRANDS)));
    for (int i = 0; i < TAGS_OF_ITEM; i++) {
      tags[index][i] = random.nextInt(TAGS);
      item.addFeatures(text("tag", "t" + tags[index][i]));
    }
    // At place PRICE.
    item.addFeatures(number("price", random.nextInt(1_000) / 1_000.0));
    for (int i = 0; i < NOISE; i++) {
      item.addFeatures(text("n" + i, "v" + random.nextInt(20)));
    }
    return Item.newBuilder()
        .setSurface(SURFACE)
        .setItemId("%05d".formatted(index))
        .addAttributes(item)
        .build();
  }

  private ItemStatistics statistics(int item, Random met) {
    int bought = 0;
    for (int i = 0; i < MET; i++) {
      Visit by = new Visit(met.nextInt(SEGMENTS), met.nextBoolean(), List.of());
      bought += met.nextDouble() < chance(by, item) ? 1 : 0;
    }
    return ItemStatistics.newBuilder()
        .setSurface(SURFACE)
        .setItemId(items.get(item).getItemId())
        .setVersion(MET)
        .addStatistics(
            ItemStatistic.newBuilder()
                .setFeature(RATE.getName())
                .setFeatureVersion(1)
                .setAll(
                    ItemCounts.newBuilder().setOf(bought).setPer(MET).setAsOfMillis(NOW_MILLIS)))
        .build();
  }

  /** The next item changes: its price. */
  void change() {
    int item = changes++ % items.size();
    Item.Builder changed = items.get(item).toBuilder();
    Namespace.Builder attributes = changed.getAttributesBuilder(0);
    attributes.setFeatures(PRICE, number("price", random.nextInt(1_000) / 1_000.0));
    items.set(item, changed.build());
    catalogue = new ItemCatalogue(items);
  }

  /** The next visit. */
  Visit visit() {
    int segment = random.nextInt(SEGMENTS);
    boolean evening = random.nextBoolean();
    Namespace.Builder user = Namespace.newBuilder().setName("user");
    user.addFeatures(text("segment", "s" + segment));
    user.addFeatures(text("device", random.nextBoolean() ? "phone" : "desk"));
    user.addFeatures(number("age", random.nextInt(100) / 100.0));
    for (int i = 0; i < 7; i++) {
      user.addFeatures(text("u" + i, "v" + random.nextInt(5)));
    }
    Namespace time =
        Namespace.newBuilder()
            .setName("time")
            .addFeatures(text("of_day", evening ? "evening" : "morning"))
            .build();
    return new Visit(segment, evening, List.of(user.build(), time));
  }

  /** Probability that the visitor buys the item. */
  double chance(Visit visit, int item) {
    double taste = byCategory[visit.segment()][category[item]];
    if (visit.evening()) {
      taste += inTheEvening[visit.segment()][category[item]];
    }
    for (int tag : tags[item]) {
      taste += byTag[visit.segment()][tag];
    }
    return 1 / (1 + Math.exp(-(BASE + taste + appeal[item])));
  }

  /** True with that probability. */
  boolean buys(Visit visit, int item) {
    return random.nextDouble() < chance(visit, item);
  }

  int anyOf(int count) {
    return random.nextInt(count);
  }

  /** The items as actions, by id, each with its attributes. */
  List<Action> actions() {
    return actions;
  }

  static Example example(Visit visit, List<Action> actions) {
    return new Example(visit.context(), List.of(), actions);
  }

  static Feature text(String name, String value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setText(value))
        .build();
  }

  static Feature number(String name, double value) {
    return Feature.newBuilder()
        .setName(name)
        .setValue(FeatureValue.newBuilder().setNumber(value))
        .build();
  }

  @Override
  public @Nullable Item item(String surface, String itemId) {
    int place = catalogue.place(itemId);
    return place < 0 ? null : catalogue.items().get(place);
  }

  @Override
  public @Nullable ItemStatistics statistics(String surface, String itemId) {
    return statistics.get(itemId);
  }

  @Override
  public ItemCatalogue catalogue(String surface) {
    return catalogue;
  }
}
