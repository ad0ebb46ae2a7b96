package io.waggle.jobs.session;

import io.waggle.core.surface.Surfaces;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import java.util.Set;
import org.apache.flink.api.common.functions.FilterFunction;

/** Lets pass what is said of the items of the surfaces' catalogues: only these are broadcast. */
public final class CatalogueFilter {
  private CatalogueFilter() {}

  /** Of items. */
  public static FilterFunction<Item> items(Surfaces surfaces) {
    Set<String> keys = CatalogueItems.keys(surfaces);
    return item -> keys.contains(Topics.itemKey(item.getSurface(), item.getItemId()));
  }

  /** Of their statistics. */
  public static FilterFunction<ItemStatistics> statistics(Surfaces surfaces) {
    Set<String> keys = CatalogueItems.keys(surfaces);
    return item -> keys.contains(Topics.itemKey(item.getSurface(), item.getItemId()));
  }
}
