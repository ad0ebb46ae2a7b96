package io.waggle.core.rank;

import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.declared.DeclaredFeatures;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.core.model.ServingModels;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.score.Scorer;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.state.feature.Hashes;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.Action;
import io.waggle.v1.AffinityState;
import io.waggle.v1.ConstraintConfig;
import io.waggle.v1.Decayed;
import io.waggle.v1.Decision;
import io.waggle.v1.FeatureState;
import io.waggle.v1.FeatureStates;
import io.waggle.v1.FilterConstraint;
import io.waggle.v1.Item;
import io.waggle.v1.ItemCounts;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.ItemStatistic;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import io.waggle.v1.SeenState;
import io.waggle.v1.Session;
import io.waggle.v1.SurfaceFeatureStates;
import io.waggle.v1.TimedText;
import io.waggle.v1.ValueCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first of two stages knows of declared features of actions. */
class DeclaredRetrievalTest {
  private static final String SURFACE = "shop";
  private static final long NOW = 1_700_000_000_000L;
  private static final int ITEMS = 300;
  private static final int CANDIDATES = 20;
  private static final String EVERY_KIND =
      """
      - {name: price_class, itemAttribute: {attribute: price, form: {buckets: {bounds: [2, 4]}}}}
      - {name: words, tokens: {source: product.title, scope: FEATURE_SCOPE_ACTION}}
      - {name: cheap, number: {source: product.price, scope: FEATURE_SCOPE_ACTION, form: {scaled: {mean: 3, deviation: 2}}}}
      - name: click_rate
        itemStatistic:
          of: {types: [click]}
          per: {types: [view]}
          prior: 0.1
          segmentProperty: device
          segmentFeature: user.device
      - {name: taste, affinity: {field: category, actionFeature: product.category}}
      - {name: seen, seen: {form: SEEN_FORM_COUNT}}
      - {name: again, seen: {form: SEEN_FORM_SAME_CATEGORY, categoryFeature: product.category}}
      """;

  private final ServingModels models = new ServingModels();
  private final Map<String, Item> items = new HashMap<>();
  private final Map<String, ItemStatistics> statistics = new HashMap<>();
  private final ItemCatalogue catalogue = catalogue();
  private final ItemSource source =
      new ItemSource() {
        @Override
        public @Nullable Item item(String surface, String itemId) {
          return items.get(itemId);
        }

        @Override
        public @Nullable ItemStatistics statistics(String surface, String itemId) {
          return statistics.get(itemId);
        }

        @Override
        public ItemCatalogue catalogue(String surface) {
          return catalogue;
        }
      };
  private final Ranker ranker = new Ranker(models, source);

  @ParameterizedTest
  @ValueSource(
      strings = {"-q ui", "--quadratic ::", "-q ui -q ii --permutations", "--bag 3 -q ui -q pi"})
  void theCandidatesAreTheBestWithDeclaredFeaturesOfEveryKind(String interactions)
      throws Exception {
    String arguments = "--cb_explore_adf " + interactions + " -b 14";
    Surface surface = surface(arguments, EVERY_KIND);
    for (long seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed);
      ServableModel model = learned(surface, arguments, random, seed);
      models.apply(model);
      Scorer scorer = Scorer.of(arguments, VowpalWabbitModel.parse(model.bytes().toByteArray()));
      Session session = session(random);

      Decision decision = ranker.rank(surface, input("d" + seed, session, NOW)).decision();

      List<Action> complete = example(surface, session, all()).actions();
      float[] exact =
          sums(scorer.scores(new Example(context(), decision.getSessionList(), complete)));
      Set<String> candidates = ids(decision);
      float worst = Float.NEGATIVE_INFINITY;
      float bestPassedOver = Float.POSITIVE_INFINITY;
      for (int i = 0; i < ITEMS; i++) {
        if (candidates.contains(id(i))) {
          worst = Math.max(worst, exact[i]);
        } else {
          bestPassedOver = Math.min(bestPassedOver, exact[i]);
        }
      }
      assertThat(candidates).hasSize(CANDIDATES);
      assertThat(bestPassedOver).isGreaterThan(worst - 1e-3f);
    }
  }

  @Test
  void ratesAreReadAnewAfterASecond() throws Exception {
    String arguments = "--cb_explore_adf -b 14";
    Surface surface = surface(arguments, EVERY_KIND);
    models.apply(likingRates(arguments));
    assertThat(ids(ranker.rank(surface, input("d", null, NOW)).decision())).doesNotContain(id(7));

    statistics.put(id(7), rate("click_rate", 1_000, 1_000));

    Decision soon = ranker.rank(surface, input("d", null, NOW + 900)).decision();
    Decision later = ranker.rank(surface, input("d", null, NOW + 1_000)).decision();
    assertThat(ids(soon)).doesNotContain(id(7));
    assertThat(ids(later)).contains(id(7));
  }

  @Test
  void whatIsSensitiveRetrievesNothing() throws Exception {
    String arguments = "--cb_explore_adf -q ui -b 14";
    Surface open = surface(arguments, EVERY_KIND);
    Surface closed =
        surface(
            arguments,
            EVERY_KIND.replace("name: click_rate", "name: click_rate\n  sensitive: true"));
    Surface without =
        surface(arguments, EVERY_KIND.replaceAll("(?s)- name: click_rate.*?user.device\n", ""));
    models.apply(likingRates(arguments));
    statistics.put(id(7), rate("click_rate", 1_000, 1_000));

    assertThat(ids(ranker.rank(open, input("d", null, NOW)).decision())).contains(id(7));
    assertThat(ids(ranker.rank(closed, input("d", null, NOW)).decision()))
        .isEqualTo(ids(ranker.rank(without, input("d", null, NOW)).decision()))
        .doesNotContain(id(7));
  }

  @Test
  void placesAreNotSpentOnWhatAFilterExcludesThoughItsNamespaceHasDeclaredFeatures()
      throws Exception {
    String arguments = "--cb_explore_adf -q ui -b 14";
    String beside =
        EVERY_KIND.replace("name: price_class, ", "name: price_class, namespace: product, ");
    Surface free = surface(arguments, beside);
    Surface surface =
        Surface.of(
            free.config().toBuilder()
                .addConstraints(
                    ConstraintConfig.newBuilder()
                        .setName("dear")
                        .setFilter(
                            FilterConstraint.newBuilder()
                                .setAttribute("product.price")
                                .setAbove(3)))
                .build());
    models.apply(likingRates(arguments));

    Decision decision = ranker.rank(surface, input("d", null, NOW)).decision();

    assertThat(decision.getConstraintsList()).isEmpty();
    assertThat(decision.getActionsList()).hasSize(CANDIDATES);
  }

  /** That scales by what it met: a first stage would have it meet all items. */
  @Test
  void aNumberScaledOnlineIsNotKnownToTheFirstStage() throws Exception {
    String arguments = "--cb_explore_adf -b 14";
    String online =
        "- {name: cheap, number: {source: product.price, scope: FEATURE_SCOPE_ACTION, form: {online:"
            + " {}}}}\n";
    models.apply(likingRates(arguments));

    Decision one = ranker.rank(surface(arguments, online), input("d", null, NOW)).decision();
    Decision none = ranker.rank(surface(arguments, ""), input("d", null, NOW)).decision();

    assertThat(ids(one)).isEqualTo(ids(none));
  }

  private ItemCatalogue catalogue() {
    Random random = new Random(5);
    for (int i = 0; i < ITEMS; i++) {
      Namespace product =
          namespace(
              "product",
              text("category", "c" + random.nextInt(10)),
              text("title", "w" + random.nextInt(20) + " w" + random.nextInt(20)),
              number("price", random.nextInt(7)));
      items.put(
          id(i),
          Item.newBuilder().setSurface(SURFACE).setItemId(id(i)).addAttributes(product).build());
      statistics.put(id(i), rate("click_rate", random.nextInt(20), 20 + random.nextInt(50)));
    }
    return new ItemCatalogue(items.values());
  }

  private static ItemStatistics rate(String feature, double of, double per) {
    ItemCounts counts =
        ItemCounts.newBuilder().setOf(of).setPer(per).setAsOfMillis(NOW - 60_000).build();
    ItemCounts onPhones = counts.toBuilder().setOf(of / 2).build();
    return ItemStatistics.newBuilder()
        .setVersion(1)
        .addStatistics(
            ItemStatistic.newBuilder()
                .setFeature(feature)
                .setFeatureVersion(1)
                .setAll(counts)
                .putSegments("phone", onPhones))
        .build();
  }

  private static Session session(Random random) {
    SeenState.Builder seen = SeenState.newBuilder();
    random
        .ints(0, ITEMS)
        .limit(30)
        .mapToLong(item -> Hashes.of(id(item)))
        .distinct()
        .sorted()
        .forEach(
            hash ->
                seen.addHashes(hash).addCounts(1 + random.nextInt(3)).addNewestMillis(NOW - 1_000));
    SeenState category =
        SeenState.newBuilder()
            .setCategory(TimedText.newBuilder().setText("c3").setTimeMillis(NOW - 1_000))
            .build();
    AffinityState.Builder taste = AffinityState.newBuilder();
    for (int i = 0; i < 5; i++) {
      taste.addValues(
          ValueCount.newBuilder()
              .setValue("c" + i)
              .setCount(
                  Decayed.newBuilder().setValue(1 + random.nextInt(9)).setUpdatedMillis(NOW)));
    }
    return Session.newBuilder()
        .setVersion(40)
        .setStartedMillis(NOW - 10_000)
        .setLastMillis(NOW - 1_000)
        .setFeatures(
            FeatureStates.newBuilder()
                .addSurfaces(
                    SurfaceFeatureStates.newBuilder()
                        .setSurface(SURFACE)
                        .addFeatures(state("taste").setAffinity(taste))
                        .addFeatures(state("seen").setSeen(seen))
                        .addFeatures(state("again").setSeen(category))))
        .build();
  }

  private static FeatureState.Builder state(String name) {
    return FeatureState.newBuilder().setName(name).setVersion(1);
  }

  /** As requests that name the items see them, all in one. */
  private Example example(Surface surface, @Nullable Session session, List<Action> actions) {
    DeclaredFeatures.Encoded encoded =
        new DeclaredFeatures(source)
            .encode(surface.config(), Duration.ofMinutes(30), session, context(), actions, NOW);
    return new Example(context(), encoded.shared(), encoded.actions());
  }

  private static List<Action> all() {
    return IntStream.range(0, ITEMS)
        .mapToObj(item -> Action.newBuilder().setId(id(item)).build())
        .toList();
  }

  /** A model that has met all features, with costs at random. */
  private ServableModel learned(Surface surface, String arguments, Random random, long version)
      throws Exception {
    List<Action> all = all();
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < 150; i++) {
        List<Action> shown = new ArrayList<>();
        for (int j = 0; j < 5; j++) {
          shown.add(all.get(random.nextInt(ITEMS)));
        }
        learner.learn(
            example(surface, session(random), shown),
            random.nextInt(5),
            random.nextGaussian(),
            0.2);
      }
      return servable(arguments, version, learner.modelBytes());
    }
  }

  /** A model that knows nothing but that a high click rate is good. */
  private static ServableModel likingRates(String arguments) throws Exception {
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < 200; i++) {
        Action liked =
            Action.newBuilder()
                .setId("liked")
                .addNamespaces(namespace("item", number("click_rate", 1)))
                .build();
        Action other = Action.newBuilder().setId("other").build();
        learner.learn(new Example(context(), List.of(), List.of(liked, other)), 0, -1, 0.5);
      }
      return servable(arguments, 1, learner.modelBytes());
    }
  }

  private static ServableModel servable(String arguments, long version, byte[] bytes) {
    return new ServableModel(
        SURFACE, "live", version, ByteString.copyFrom(bytes), arguments, 1, NOW, 0, 0);
  }

  private static Surface surface(String arguments, String features) {
    String declared =
        features
            .replaceAll("name: (\\w+), ", "name: $1, owner: us, description: d, unit: none, ")
            .replaceAll("(?m)^(- name: \\w+\n)", "$1  owner: us\n  description: d\n  unit: none\n");
    return Surface.of(
        SurfaceFiles.parse(
            """
            name: %s
            livePolicy: live
            policies:
              - {name: live, vowpalWabbit: {arguments: '%s'}}
            reward: {}
            retrieval: {candidates: %d}
            """
                    .formatted(SURFACE, arguments, CANDIDATES)
                + (declared.isEmpty() ? "" : "features:\n" + declared.indent(2))));
  }

  private static RankInput input(String decisionId, @Nullable Session session, long timeMillis) {
    return new RankInput(
        decisionId,
        "u",
        timeMillis,
        context(),
        session,
        List.of(),
        false,
        List.of(),
        ItemSelection.getDefaultInstance());
  }

  private static List<Namespace> context() {
    return List.of(namespace("user", text("device", "phone"), number("age", 0.4)));
  }

  private static Set<String> ids(Decision decision) {
    return decision.getActionsList().stream().map(Action::getId).collect(Collectors.toSet());
  }

  private static String id(int item) {
    return "item-%03d".formatted(item);
  }

  private static float[] sums(float[][] scores) {
    float[] sums = new float[scores[0].length];
    for (float[] each : scores) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += each[i];
      }
    }
    return sums;
  }
}
