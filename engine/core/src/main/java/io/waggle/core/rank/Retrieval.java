package io.waggle.core.rank;

import io.waggle.core.constraint.Eligibility;
import io.waggle.core.constraint.ItemFilters;
import io.waggle.core.constraint.Situation;
import io.waggle.core.declared.CatalogueActions;
import io.waggle.core.declared.DeclaredFeatures;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.feature.Example;
import io.waggle.core.policy.Exploration;
import io.waggle.core.policy.Policy;
import io.waggle.core.policy.Retriever;
import io.waggle.core.surface.Surface;
import io.waggle.v1.Action;
import io.waggle.v1.ItemRetrieval;
import io.waggle.v1.ItemSelection;
import io.waggle.v1.Namespace;
import io.waggle.v1.RetrievalConfig;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The first of two stages: of the items that a request selects those that are ranked. Any thread.
 *
 * <p>The candidates are the decision's actions. They depend on what is known before the draw and
 * not on the draw's number, so its probabilities are those of what is shown given the candidates.
 * They are, in this order and until their places are taken: items that are pinned; the cheapest by
 * the policy that answers, in the version that answers; at random, by numbers of the decision's own
 * seed, some that were passed over. What the surface's constraints will exclude comes last. A
 * policy that cannot tell items apart without predicting them, such as one that has no model yet,
 * has all of its candidates drawn.
 */
final class Retrieval {
  /** Keeps these draws apart from that of the action. No surface's name has a slash. */
  private static final String SALT = "retrieval/";

  private final SurfaceConstraints constraints;

  Retrieval(SurfaceConstraints constraints) {
    this.constraints = constraints;
  }

  /**
   * Retrieves.
   *
   * @param known what is known of the request and its surface's items
   * @param session features of session and request
   * @return in the order of the selection, at most as many as the surface declares
   * @throws IllegalArgumentException as {@code field: rule} when nothing can be selected
   */
  Candidates retrieve(
      Surface surface,
      RankInput input,
      DeclaredFeatures.Request known,
      List<Namespace> session,
      Policy policy) {
    if (!surface.config().hasRetrieval()) {
      throw new IllegalArgumentException(
          "items: given, and surface " + surface.name() + " declares no retrieval");
    }
    ItemSelection asked =
        input.items() == null ? ItemSelection.getDefaultInstance() : input.items();
    List<String> ids = asked.getItemIdsList();
    CatalogueActions catalogue = known.catalogue(ids);
    if (catalogue == null || (ids.isEmpty() && catalogue.actions().isEmpty())) {
      throw new IllegalArgumentException(
          "items: given, and surface " + surface.name() + " has no items");
    }
    List<Action> all = catalogue.actions();
    Situation situation = SurfaceConstraints.situation(surface, input, all, session);
    int[] named = named(surface, asked, catalogue.items());
    int[] selected = selected(surface, asked, named, all, situation);
    RetrievalConfig config = surface.config().getRetrieval();
    Taken taken =
        selected.length <= config.getCandidates()
            ? new Taken(selected, 0)
            : take(
                config,
                selected,
                all,
                costs(policy, input, session, known, catalogue, selected),
                constraints.eligibility(surface, situation),
                Exploration.seed(SALT + surface.name(), input.decisionId()));
    return new Candidates(
        Arrays.stream(taken.items()).<Action>mapToObj(all::get).toList(),
        ItemRetrieval.newBuilder()
            .setNamed(ids.size())
            .setKnown(named.length)
            .setFilters(asked.getFiltersCount())
            .setSelected(selected.length)
            .setKept(taken.items().length)
            .setRandom(taken.random())
            .build());
  }

  /** How many candidates are drawn: 29 of 100 are 0.29 of them, which their product is not. */
  static int atRandom(RetrievalConfig config) {
    return BigDecimal.valueOf(config.getRandomShare())
        .multiply(BigDecimal.valueOf(config.getCandidates()))
        .intValue();
  }

  /** Places of the items that are named, or of all. */
  private static int[] named(Surface surface, ItemSelection asked, ItemCatalogue items) {
    int[] named =
        asked.getItemIdsCount() == 0
            ? IntStream.range(0, items.items().size()).toArray()
            : asked.getItemIdsList().stream()
                .mapToInt(items::place)
                .filter(place -> place >= 0)
                .toArray();
    if (named.length == 0) {
      throw new IllegalArgumentException(
          "items.item_ids: none of the "
              + asked.getItemIdsCount()
              + " is an item of surface "
              + surface.name());
    }
    return named;
  }

  /** Of these, those of which all filters hold. */
  private static int[] selected(
      Surface surface, ItemSelection asked, int[] named, List<Action> all, Situation situation) {
    if (asked.getFiltersCount() == 0) {
      return named;
    }
    Predicate<Action> wanted = ItemFilters.all(asked.getFiltersList(), situation);
    int[] left = Arrays.stream(named).filter(item -> wanted.test(all.get(item))).toArray();
    if (left.length == 0) {
      List<Action> items = Arrays.stream(named).<Action>mapToObj(all::get).toList();
      throw new IllegalArgumentException(
          ItemFilters.none(asked.getFiltersList(), situation, items, surface.name()));
    }
    return left;
  }

  private static float @Nullable [] costs(
      Policy policy,
      RankInput input,
      List<Namespace> session,
      DeclaredFeatures.Request known,
      CatalogueActions catalogue,
      int[] selected) {
    if (!(policy instanceof Retriever retriever)) {
      return null;
    }
    List<Action> all = catalogue.known();
    return retriever.costs(
        new Example(input.context(), session, all.subList(0, 1)),
        all,
        () -> known.numbers(catalogue, selected),
        selected);
  }

  /**
   * Fills the places.
   *
   * @param costs {@code float[selected]}; null: nothing tells them apart
   */
  private static Taken take(
      RetrievalConfig config,
      int[] selected,
      List<Action> all,
      float @Nullable [] costs,
      Eligibility eligibility,
      long seed) {
    int candidates = config.getCandidates();
    Places places = new Places(selected, all, eligibility.excluded());
    if (!eligibility.pinned().isEmpty()) {
      for (int i = 0; i < selected.length && places.count < candidates; i++) {
        if (eligibility.pinned().contains(all.get(selected[i]).getId())) {
          places.offer(i);
        }
      }
    }
    int drawn = costs == null ? candidates : atRandom(config);
    CheapestFirst cheapest = new CheapestFirst(costs == null ? new float[0] : costs, seed);
    while (places.count < candidates - drawn && !cheapest.isEmpty()) {
      places.offer(cheapest.next());
    }
    int[] rest = IntStream.range(0, selected.length).filter(places::isNew).toArray();
    int kept = places.count;
    for (int i = 0; i < rest.length && places.count < candidates; i++) {
      double uniform = Exploration.uniform(Exploration.slotSeed(seed, i));
      int other = i + (int) (uniform * (rest.length - i));
      places.offer(rest[other]);
      rest[other] = rest[i];
    }
    int random = places.count - kept;
    for (int i = 0; i < places.excluded.size() && places.count < candidates; i++) {
      places.take(places.excluded.get(i));
    }
    return new Taken(
        IntStream.range(0, selected.length)
            .filter(i -> places.taken[i])
            .map(i -> selected[i])
            .toArray(),
        random);
  }

  /**
   * Items with a place.
   *
   * @param random how many of them were drawn
   */
  private record Taken(int[] items, int random) {}

  /** Which of the selected items have a place; those excluded are set aside. */
  private static final class Places {
    private final int[] selected;
    private final List<Action> all;
    private final Predicate<Action> isExcluded;
    private final boolean[] taken;
    private final boolean[] offered;
    private final List<Integer> excluded = new ArrayList<>();
    private int count;

    private Places(int[] selected, List<Action> all, Predicate<Action> isExcluded) {
      this.selected = selected;
      this.all = all;
      this.isExcluded = isExcluded;
      this.taken = new boolean[selected.length];
      this.offered = new boolean[selected.length];
    }

    private boolean isNew(int item) {
      return !offered[item];
    }

    private void offer(int item) {
      if (offered[item]) {
        return;
      }
      offered[item] = true;
      if (isExcluded.test(all.get(selected[item]))) {
        excluded.add(item);
      } else {
        take(item);
      }
    }

    private void take(int item) {
      taken[item] = true;
      count++;
    }
  }
}
