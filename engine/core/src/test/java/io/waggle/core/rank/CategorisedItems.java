package io.waggle.core.rank;

import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;

import io.waggle.core.declared.ItemCatalogue;
import io.waggle.core.declared.ItemSource;
import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import io.waggle.v1.Namespace;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Items of ten categories and some prices. */
final class CategorisedItems implements ItemSource {
  private final Map<String, Item> items = new HashMap<>();
  private final ItemCatalogue all;

  CategorisedItems(String surface, int count) {
    for (int i = 0; i < count; i++) {
      String id = "item-%03d".formatted(i);
      Namespace attributes =
          namespace("item", text("category", "c" + i % 10), number("price", i % 7));
      items.put(
          id,
          Item.newBuilder().setSurface(surface).setItemId(id).addAttributes(attributes).build());
    }
    all = new ItemCatalogue(items.values());
  }

  @Override
  public @Nullable Item item(String surface, String itemId) {
    return items.get(itemId);
  }

  @Override
  public @Nullable ItemStatistics statistics(String surface, String itemId) {
    return null;
  }

  @Override
  public ItemCatalogue catalogue(String surface) {
    return all;
  }

  ItemCatalogue all() {
    return all;
  }

  Collection<String> ids() {
    return all.items().stream().map(Item::getItemId).toList();
  }
}
