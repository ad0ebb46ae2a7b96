package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.core.declared.ItemCatalogue;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.server.metric.ViewMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Item;
import io.waggle.v1.Namespace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemCataloguesTest {
  @TempDir Path directory;
  private KeyValueView view;
  private ItemCatalogues catalogues;
  private long now;
  private int pace = 1;

  @BeforeEach
  void open() {
    view = KeyValueView.open(directory);
    ViewMetrics metrics = new ServerMetrics(new SimpleMeterRegistry()).view("items");
    catalogues =
        new ItemCatalogues(
            view, new ItemView<>(view, Item.parser(), (key, item) -> true, metrics), this::later);
  }

  /** A clock by which between any two questions is time enough. */
  private long later() {
    return now += ItemCatalogues.FRESH_NANOS / pace;
  }

  @AfterEach
  void close() {
    view.close();
  }

  @Test
  void theItemsAreThoseOfTheSurfaceAndTheSameUntilOneChanges() {
    put("cup", 1);
    put("mug", 1);
    apply("shop2/pen", item("shop2", "pen", 1));
    ItemCatalogue first = catalogues.find("shop");
    assertThat(first.items()).extracting(Item::getItemId).containsExactly("cup", "mug");
    apply("shop2/pen", item("shop2", "pen", 2));
    assertThat(catalogues.find("shop")).isSameAs(first);

    put("mug", 2);
    put("tray", 1);
    delete("cup");

    assertThat(catalogues.find("shop").items())
        .containsExactly(item("shop", "mug", 2), item("shop", "tray", 1));
    assertThat(first.items()).hasSize(2);
  }

  @Test
  void ofManyChangesInARowTheCatalogueIsMadeOnceASecond() {
    put("cup", 1);
    assertThat(catalogues.find("shop").items()).containsExactly(item("shop", "cup", 1));
    pace = 10;
    List<ItemCatalogue> seen = new ArrayList<>();

    // Questions at 0.1, 0.2, ... 2.0 s after the first, each right after a change.
    for (int version = 2; version <= 21; version++) {
      put("cup", version);
      seen.add(catalogues.find("shop"));
    }

    assertThat(seen.stream().distinct()).hasSize(3);
    assertThat(seen.get(8).items()).containsExactly(item("shop", "cup", 1));
    assertThat(seen.get(9).items()).containsExactly(item("shop", "cup", 11));
    assertThat(seen.get(19).items()).containsExactly(item("shop", "cup", 21));
    delete("cup");
    pace = 1;
    assertThat(catalogues.find("shop").items()).isEmpty();
  }

  @Test
  void tooManyAreRefusedUntilOneIsDeletedButNamedOnesAreFound() {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i <= ItemCatalogue.MOST_ITEMS; i++) {
      records.add(record("shop/i" + i, item("shop", "i" + i, 1)));
    }
    apply(records);
    assertRefused();

    assertThat(catalogues.find("shop", List.of("i7", "nobody's", "i3")).items())
        .extracting(Item::getItemId)
        .containsExactly("i3", "i7");
    put("i7", 2);
    assertRefused();
    assertThat(catalogues.find("shop", List.of("i7")).items())
        .containsExactly(item("shop", "i7", 2));
    delete("i7");

    assertThat(catalogues.find("shop").items()).hasSize(ItemCatalogue.MOST_ITEMS);
    put("i7", 3);
    assertRefused();
  }

  @Test
  void tooLargeOnesAreRefusedUntilOneIsSmaller() {
    List<String> ids = IntStream.range(0, 40).mapToObj(i -> "i" + i).toList();
    String large = "x".repeat((int) (ItemCatalogues.SURFACE_BYTES / 32));
    for (String id : ids) {
      apply(
          "shop/" + id,
          item("shop", id, 1).toBuilder()
              .addAttributes(Namespace.newBuilder().setName("item").addFeatures(text(large)))
              .build());
    }
    assertRefused();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> catalogues.find("shop", ids))
        .withMessageStartingWith("items: more than ");

    assertThat(catalogues.find("shop", ids.subList(0, 2)).items()).hasSize(2);
    ids.subList(0, 10).forEach(id -> put(id, 1));

    assertThat(catalogues.find("shop").items()).hasSize(40);
  }

  private void assertRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> catalogues.find("shop"))
        .withMessage(
            "items: more than 10000 or 32 MiB on surface shop (expected: no more, to be ranked as a"
                + " whole)");
  }

  private void put(String id, long version) {
    apply("shop/" + id, item("shop", id, version));
  }

  private void delete(String id) {
    apply("shop/" + id, null);
  }

  private void apply(String key, @Nullable Item item) {
    apply(List.of(record(key, item)));
  }

  /** As the topic's reader does: the local copy first. */
  private void apply(List<ConsumerRecord<byte[], byte[]>> records) {
    view.apply(
        0,
        records.stream().map(each -> new KeyValueView.Entry(each.key(), each.value())).toList(),
        1);
    catalogues.applied(records, true);
  }

  private static ConsumerRecord<byte[], byte[]> record(String key, @Nullable Item item) {
    return new ConsumerRecord<>(
        Topics.ITEMS, 0, 0, key.getBytes(UTF_8), item == null ? null : item.toByteArray());
  }

  private static Item item(String surface, String id, long version) {
    return Item.newBuilder().setSurface(surface).setItemId(id).setUpdatedMillis(version).build();
  }

  private static Feature text(String text) {
    return Feature.newBuilder()
        .setName("text")
        .setValue(FeatureValue.newBuilder().setText(text))
        .build();
  }
}
