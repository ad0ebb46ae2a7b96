package io.waggle.core.declared;

import io.waggle.v1.Action;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All items of a surface as actions, prepared to be ranked by two stages. Any thread; the lists are
 * the same as long as no item changes.
 *
 * <p>Numbers that move by themselves (rates) are kept for requests to come: for a request of a time
 * they are as of at most {@link #STALE_MILLIS} before or after it, so that so many items are read
 * once in that time and not with each request. Bound: {@link #TABLES_BOUND} features and segments,
 * 4 bytes an item, of which the one that was asked for longest ago goes.
 */
public final class CatalogueActions {
  static final long STALE_MILLIS = 1_000;
  static final int TABLES_BOUND = 32;

  private final ItemCatalogue items;
  private final List<Action> actions;
  private final List<Action> known;

  // Guarded by itself; whoever meets an old table makes the next one and others wait.
  private final LinkedHashMap<Key, Table> tables = new LinkedHashMap<>(16, 0.75f, true);

  private record Key(String feature, String sharedBy) {}

  private record Table(long asOfMillis, float[] numbers) {}

  CatalogueActions(ItemCatalogue items, List<Action> actions, List<Action> known) {
    this.items = items;
    this.actions = actions;
    this.known = known;
  }

  /** The items by id. */
  public ItemCatalogue items() {
    return items;
  }

  /** One an item, in the same order, without declared features. */
  public List<Action> actions() {
    return actions;
  }

  /** The same with the declared features that are the same in each request. */
  public List<Action> known() {
    return known;
  }

  /** Numbers of some actions by their place; 0 of the others. */
  float[] numbers(ActionNumber number, int[] selected) {
    float[] numbers = new float[actions.size()];
    for (int place : selected) {
      numbers[place] = of(number, place);
    }
    return numbers;
  }

  /** Numbers of all actions, which are not to be changed. */
  float[] numbers(ActionNumber number, String sharedBy, long timeMillis) {
    Key key = new Key(number.name(), sharedBy);
    synchronized (tables) {
      Table table = tables.get(key);
      if (table == null || Math.abs(timeMillis - table.asOfMillis()) >= STALE_MILLIS) {
        float[] numbers = new float[actions.size()];
        for (int place = 0; place < numbers.length; place++) {
          numbers[place] = of(number, place);
        }
        table = new Table(timeMillis, numbers);
        tables.put(key, table);
        if (tables.size() > TABLES_BOUND) {
          Map.Entry<Key, Table> eldest = tables.entrySet().iterator().next();
          tables.remove(eldest.getKey());
        }
      }
      return table.numbers();
    }
  }

  private float of(ActionNumber number, int place) {
    float value = (float) number.of().applyAsDouble(actions.get(place));
    return Float.isNaN(value) ? 0 : value;
  }
}
