package io.waggle.jobs.session;

import io.waggle.core.declared.ItemSource;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.Surfaces;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Action;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * What a ranking operator knows of the items of the surfaces' catalogues, in its broadcast state:
 * on the heap of each subtask and in every checkpoint, so of no other items. At most 1,000 a
 * surface, 64 KiB an item, about 1 kB as a rule. One thread.
 */
final class CatalogueItems implements ItemSource {
  /** Items by key. */
  static final MapStateDescriptor<String, Item> ITEMS =
      new MapStateDescriptor<>(
          SessionNames.CATALOGUE_ITEMS_STATE,
          Types.STRING,
          ProtoTypeInformation.forMessage(Item.class));

  /** Their statistics by key. */
  static final MapStateDescriptor<String, ItemStatistics> STATISTICS =
      new MapStateDescriptor<>(
          SessionNames.CATALOGUE_STATISTICS_STATE,
          Types.STRING,
          ProtoTypeInformation.forMessage(ItemStatistics.class));

  private final BroadcastState<String, Item> items;
  private final BroadcastState<String, ItemStatistics> statistics;

  CatalogueItems(
      BroadcastState<String, Item> items, BroadcastState<String, ItemStatistics> statistics) {
    this.items = items;
    this.statistics = statistics;
  }

  /** The keys of all catalogues' items. */
  static Set<String> keys(Surfaces surfaces) {
    Set<String> keys = new HashSet<>();
    for (Surface surface : surfaces.all()) {
      for (Action action : surface.catalogue()) {
        keys.add(Topics.itemKey(surface.name(), action.getId()));
      }
    }
    return keys;
  }

  /** Takes an item; one without a time was taken out. */
  void offer(Item item) throws Exception {
    String key = Topics.itemKey(item.getSurface(), item.getItemId());
    if (item.getUpdatedMillis() == 0) {
      items.remove(key);
    } else {
      items.put(key, item);
    }
  }

  /** Takes statistics; those of version 0 were forgotten. */
  void offer(ItemStatistics newest) throws Exception {
    String key = Topics.itemKey(newest.getSurface(), newest.getItemId());
    if (newest.getVersion() == 0) {
      statistics.remove(key);
    } else {
      statistics.put(key, newest);
    }
  }

  @Override
  public @Nullable Item item(String surface, String itemId) {
    return find(items, Topics.itemKey(surface, itemId));
  }

  @Override
  public @Nullable ItemStatistics statistics(String surface, String itemId) {
    return find(statistics, Topics.itemKey(surface, itemId));
  }

  private static <T> @Nullable T find(BroadcastState<String, T> state, String key) {
    try {
      return state.get(key);
    } catch (Exception e) {
      throw new IllegalStateException("broadcast state is on the heap and does not fail", e);
    }
  }
}
