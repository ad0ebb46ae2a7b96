package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waggle.core.declared.ItemCatalogue;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The items of surfaces whose items were asked for as a whole, parsed and in memory, kept up to
 * date by the reader of their topic. Any thread; the first to ask reads the surface's items from
 * local disk, and others wait.
 *
 * <p>A catalogue is made anew at most once in {@link #FRESH_NANOS}, as who ranks it has to look at
 * all of its items first: after a pause a change is seen at once, of many in a row the last ones
 * that much later.
 *
 * <p>Bounds: a surface's items as {@link ItemCatalogue}'s and {@link #SURFACE_BYTES}, above which
 * it is refused but for items that are named, which are read one by one; {@link #ALL_BYTES}
 * together, above which the surfaces asked for longest ago are forgotten and read anew when they
 * are asked for again.
 */
final class ItemCatalogues implements ViewListener {
  /** What one surface's items may take as messages, of which parsed they are some six times. */
  static final long SURFACE_BYTES = 32L << 20;

  static final long ALL_BYTES = 64L << 20;

  /** A second. */
  static final long FRESH_NANOS = 1_000_000_000;

  private final KeyValueView view;
  private final ItemView<Item> items;
  private final LongSupplier nanos;
  private final LinkedHashMap<String, Held> held = new LinkedHashMap<>(16, 0.75f, true);

  /** The items of one surface by key, and the catalogue made of them last. */
  private static final class Held {
    private final Map<String, Item> items = new HashMap<>();
    private long bytes;
    private @Nullable ItemCatalogue catalogue;
    private long madeNanos;
    private boolean changed;
    private boolean refused;

    /** Refused for bytes, of which a changed item may have fewer, and not for items. */
    private boolean heavy;

    private void set(String key, @Nullable Item item) {
      Item old = item == null ? items.remove(key) : items.put(key, item);
      bytes += size(item) - size(old);
      changed = true;
    }

    private ItemCatalogue catalogue(long nowNanos) {
      ItemCatalogue made = catalogue;
      if (made == null || (changed && nowNanos - madeNanos >= FRESH_NANOS)) {
        made = new ItemCatalogue(items.values());
        catalogue = made;
        madeNanos = nowNanos;
        changed = false;
      }
      return made;
    }

    private static long size(@Nullable Item item) {
      return item == null ? 0 : item.getSerializedSize();
    }

    /** Keeps no more than that they are too many. */
    private void refuseIfTooMuch() {
      if (items.size() > ItemCatalogue.MOST_ITEMS || bytes > SURFACE_BYTES) {
        refused = true;
        heavy = items.size() <= ItemCatalogue.MOST_ITEMS;
        items.clear();
        catalogue = null;
        bytes = 0;
      }
    }
  }

  /**
   * Over a view of the topic.
   *
   * @param items told of each change too
   * @param nanos a clock that never goes back
   */
  ItemCatalogues(KeyValueView view, ItemView<Item> items, LongSupplier nanos) {
    this.view = view;
    this.items = items;
    this.nanos = nanos;
  }

  /**
   * All items of the surface; the same object until one changes, and a second before that.
   *
   * @throws IllegalArgumentException as {@code items: value (expected: ...)} when they are too many
   */
  ItemCatalogue find(String surface) {
    ItemCatalogue all = all(surface);
    if (all == null) {
      throw tooMany(surface);
    }
    return all;
  }

  /**
   * The same or, where they are too many, those named.
   *
   * @throws IllegalArgumentException likewise when those named are too many
   */
  ItemCatalogue find(String surface, List<String> named) {
    ItemCatalogue all = all(surface);
    return all == null ? read(surface, named) : all;
  }

  private ItemCatalogue read(String surface, List<String> named) {
    List<Item> found = new ArrayList<>();
    long bytes = 0;
    for (String id : named) {
      Item item = items.find(surface, id);
      if (item != null) {
        found.add(item);
        bytes += item.getSerializedSize();
      }
      if (bytes > SURFACE_BYTES) {
        throw tooMany(surface);
      }
    }
    return new ItemCatalogue(found);
  }

  private static IllegalArgumentException tooMany(String surface) {
    return new IllegalArgumentException(
        "items: more than %d or %d MiB on surface %s (expected: no more, to be ranked as a whole)"
            .formatted(ItemCatalogue.MOST_ITEMS, SURFACE_BYTES >> 20, surface));
  }

  /** All of them; null: they are too many. */
  private synchronized @Nullable ItemCatalogue all(String surface) {
    Held known = held.get(surface);
    if (known == null) {
      known = read(surface);
      held.put(surface, known);
      forgetOthers(surface);
    }
    if (known.refused) {
      return null;
    }
    return known.catalogue(nanos.getAsLong());
  }

  private Held read(String surface) {
    Held found = new Held();
    view.forEach(
        Topics.itemKey(surface, "").getBytes(UTF_8),
        (keyBytes, value) -> {
          if (!found.refused) {
            String key = new String(keyBytes, UTF_8);
            found.set(key, items.parse(key, value));
            found.refuseIfTooMuch();
          }
        });
    return found;
  }

  private void forgetOthers(String surface) {
    while (bytes() > ALL_BYTES && held.size() > 1) {
      String longestAgo = held.keySet().iterator().next();
      if (longestAgo.equals(surface)) {
        return;
      }
      held.remove(longestAgo);
    }
  }

  private long bytes() {
    return held.values().stream().mapToLong(each -> each.bytes).sum();
  }

  @Override
  public void applied(List<ConsumerRecord<byte[], byte[]>> records, boolean live) {
    items.applied(records, live);
    apply(records);
  }

  private synchronized void apply(List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      String key = record.key() == null ? "" : new String(record.key(), UTF_8);
      String surface = key.substring(0, Math.max(0, key.indexOf('/')));
      Held known = held.get(surface);
      if (known == null) {
        continue;
      }
      Item item = record.value() == null ? null : items.parse(key, record.value());
      if (!known.refused) {
        known.set(key, item);
        known.refuseIfTooMuch();
      } else if (item == null || known.heavy) {
        // There may be less now: whoever asks reads them anew.
        held.remove(surface);
      }
    }
  }

  @Override
  public void reset() {
    items.reset();
    synchronized (this) {
      held.clear();
    }
  }
}
