package io.waggle.jobs.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waggle.core.surface.Surfaces;
import io.waggle.state.topic.Topics;
import io.waggle.v1.Item;
import io.waggle.v1.RejectReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The rules of topic {@code items}. A tombstone becomes an item without a time and without
 * attributes: it was taken out.
 */
final class ItemRules implements RecordRules<Item> {
  private static final long serialVersionUID = 1L;

  private final Surfaces surfaces;

  ItemRules(Surfaces surfaces) {
    this.surfaces = surfaces;
  }

  @Override
  public Item accept(Item item, SourceRecord record) throws RejectedRecordException {
    RecordRules.surface(surfaces, item.getSurface());
    String key = Topics.itemKey(item.getSurface(), item.getItemId());
    if (!Arrays.equals(key.getBytes(UTF_8), record.key())) {
      // The views would keep it under another name than a deletion takes out.
      throw new RejectedRecordException(
          RejectReason.REJECT_REASON_INVALID,
          "key: not the item's (expected: its surface, a slash and its item_id)");
    }
    return item.getUpdatedMillis() > 0
        ? item
        : item.toBuilder().setUpdatedMillis(Math.max(1, record.timestampMillis())).build();
  }

  @Override
  public @Nullable Item gone(SourceRecord tombstone) {
    String key = new String(tombstone.key(), UTF_8);
    int slash = key.indexOf('/');
    return slash <= 0 || slash == key.length() - 1
        ? null
        : Item.newBuilder()
            .setSurface(key.substring(0, slash))
            .setItemId(key.substring(slash + 1))
            .build();
  }
}
