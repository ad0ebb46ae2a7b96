package io.waggle.core.declared;

import io.waggle.v1.Item;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All items of a surface as of a moment, in the order of their ids. Any thread. Who holds one holds
 * the items; a change of one is another catalogue, which shares the others.
 */
public final class ItemCatalogue {
  /** Most items of a catalogue that is ranked as a whole. */
  public static final int MOST_ITEMS = 10_000;

  private final List<Item> items;
  private final Map<String, Integer> places;
  private volatile @Nullable Prepared prepared;

  /** Actions and by which plan they were made: that of one surface, so mostly the same. */
  private record Prepared(FeaturePlan by, CatalogueActions actions) {}

  /**
   * Of items.
   *
   * @param items those of one surface, ids unique; at most {@link #MOST_ITEMS}
   */
  public ItemCatalogue(Collection<Item> items) {
    if (items.size() > MOST_ITEMS) {
      throw new IllegalArgumentException(
          "items: " + items.size() + " (expected: at most " + MOST_ITEMS + ")");
    }
    Map<String, Item> byId = new TreeMap<>();
    items.forEach(item -> byId.put(item.getItemId(), item));
    this.items = List.copyOf(byId.values());
    this.places = new HashMap<>(2 * items.size());
    for (Item item : this.items) {
      places.put(item.getItemId(), places.size());
    }
  }

  /** The items by id. */
  public List<Item> items() {
    return items;
  }

  /** Where the item stands among {@link #items}; negative: it is none of them. */
  public int place(String itemId) {
    return places.getOrDefault(itemId, -1);
  }

  /** What the catalogue says of the item; null: nothing. */
  @Nullable Item find(String itemId) {
    int place = place(itemId);
    return place < 0 ? null : items.get(place);
  }

  /** The items as actions, one each and in their order; the same as long as the plan is. */
  CatalogueActions actions(FeaturePlan by) {
    Prepared known = prepared;
    if (known == null || known.by() != by) {
      known = new Prepared(by, by.prepare(this));
      prepared = known;
    }
    return known.actions();
  }
}
