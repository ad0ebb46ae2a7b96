package io.waggle.server.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.waggle.server.metric.ServerMetrics;
import io.waggle.state.topic.Topics;
import io.waggle.state.view.KeyValueView;
import io.waggle.v1.Item;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemViewTest {
  private static final int SURFACES = 300;

  @TempDir Path directory;
  private KeyValueView view;
  private ItemView<Item> items;

  @BeforeEach
  void open() {
    view = KeyValueView.open(directory);
    items =
        new ItemView<>(
            view,
            Item.parser(),
            (key, item) -> true,
            new ServerMetrics(new SimpleMeterRegistry()).view("items"));
  }

  @AfterEach
  void close() {
    view.close();
  }

  @Test
  void anItemIsFoundAsItIsNow() {
    tell("shop", "cup", "1");
    assertThat(version("shop", "cup")).isEqualTo("1");

    tell("shop", "cup", "2");
    assertThat(version("shop", "cup")).isEqualTo("2");

    tell("shop", "cup", null);
    assertThat(version("shop", "cup")).isNull();
    assertThat(version("shop", "mug")).isNull();
  }

  @Test
  void theFirstItemOfASurfaceIsFoundThoughNoneWasBefore() {
    assertThat(version("shop", "cup")).isNull();
    tell("shop2", "cup", "1");
    tell("shop", "mug", null);
    assertThat(version("shop", "cup")).isNull();

    tell("shop", "cup", "1");

    assertThat(version("shop", "cup")).isEqualTo("1");
  }

  @Test
  void onASurfaceWithoutItemsNoneIsLookedFor() {
    assertThat(version("shop", "cup")).isNull();

    store("shop", "mug", "1");

    assertThat(version("shop", "mug")).as("nobody told of it").isNull();
    assertThat(version("shop2", "mug")).isNull();
    items.reset();
    assertThat(version("shop", "mug")).as("read anew").isEqualTo("1");
  }

  @Test
  void whatWasThereBeforeTheStartIsFound() {
    store("shop", "cup", "1");

    assertThat(version("shop", "cup")).isEqualTo("1");
    assertThat(version("sho", "cup")).isNull();
  }

  @Test
  void anItemThatWasToldOfIsFoundHoweverManyAskMeanwhile() throws Exception {
    AtomicInteger told = new AtomicInteger();
    ExecutorService askers = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> asking =
          List.of(askers.submit(() -> ask(told)), askers.submit(() -> ask(told)));
      for (int surface = 0; surface < SURFACES; surface++) {
        tell("shop" + surface, "cup", "1");
        assertThat(version("shop" + surface, "cup")).isEqualTo("1");
        told.set(surface + 1);
      }
      for (Future<?> each : asking) {
        each.get(10, TimeUnit.SECONDS);
      }
    } finally {
      askers.shutdownNow();
    }
  }

  /** Of the surface that is told of next. */
  private void ask(AtomicInteger told) {
    for (int surface = told.get(); surface < SURFACES; surface = told.get()) {
      var unused = version("shop" + surface, "cup");
    }
  }

  private @Nullable String version(String surface, String itemId) {
    Item item = items.find(surface, itemId);
    return item == null ? null : item.getAttributes(0).getName();
  }

  private void tell(String surface, String itemId, @Nullable String version) {
    store(surface, itemId, version);
    items.applied(
        List.of(
            new ConsumerRecord<>(
                Topics.ITEMS, 0, 0, key(surface, itemId), value(surface, itemId, version))),
        true);
  }

  private void store(String surface, String itemId, @Nullable String version) {
    view.apply(
        0,
        List.of(new KeyValueView.Entry(key(surface, itemId), value(surface, itemId, version))),
        1);
  }

  private static byte[] key(String surface, String itemId) {
    return Topics.itemKey(surface, itemId).getBytes(UTF_8);
  }

  private static byte @Nullable [] value(String surface, String itemId, @Nullable String version) {
    if (version == null) {
      return null;
    }
    Item.Builder item = Item.newBuilder().setSurface(surface).setItemId(itemId);
    item.addAttributesBuilder().setName(version);
    return item.build().toByteArray();
  }
}
