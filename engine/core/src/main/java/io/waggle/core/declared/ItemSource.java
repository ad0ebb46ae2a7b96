package io.waggle.core.declared;

import io.waggle.v1.Item;
import io.waggle.v1.ItemStatistics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of items. Any thread; answers from memory or local disk, as ranking waits for it.
 */
public interface ItemSource {
  /** Knows no item. */
  ItemSource NONE =
      new ItemSource() {
        @Override
        public @Nullable Item item(String surface, String itemId) {
          return null;
        }

        @Override
        public @Nullable ItemStatistics statistics(String surface, String itemId) {
          return null;
        }
      };

  /** What the catalogue says of the item; null: nothing. */
  @Nullable Item item(String surface, String itemId);

  /** What users did with the item; null: nothing that is known. */
  @Nullable ItemStatistics statistics(String surface, String itemId);

  /**
   * All items of the surface; null: this source does not list items.
   *
   * @throws IllegalArgumentException as {@code items: value (expected: ...)} when they are more
   *     than can be ranked
   */
  default @Nullable ItemCatalogue catalogue(String surface) {
    return null;
  }

  /**
   * Items of the surface among which are all of those named that are items: all of the surface's
   * or, where these are more than can be ranked, those named. Null: this source does not list
   * items.
   *
   * @param named ids, at least one; those that are no items are left out
   * @throws IllegalArgumentException as {@code items: value (expected: ...)} when those named are
   *     more than can be ranked
   */
  default @Nullable ItemCatalogue catalogue(String surface, List<String> named) {
    return catalogue(surface);
  }
}
