package io.waggle.state.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.state.view.KeyValueView.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyValueViewTest {
  @TempDir Path directory;

  @Test
  void aNewViewIsEmptyAndBoundToNoSource() {
    try (KeyValueView view = open()) {
      assertThat(view.source()).isEmpty();
      assertThat(view.nextOffset(0)).isZero();
      assertThat(view.get(bytes("ann"))).isNull();
      assertThat(contents(view)).isEmpty();
    }
  }

  @Test
  void theNewestValueOfAKeyIsKeptAndATombstoneRemovesIt() {
    try (KeyValueView view = open()) {
      view.apply(
          0,
          List.of(entry("ann", "1"), entry("ben", "1"), entry("ann", "2"), entry("ben", null)),
          4);

      assertThat(contents(view)).isEqualTo(Map.of("ann", "2"));
      assertThat(view.get(bytes("ben"))).isNull();
      assertThat(view.nextOffset(0)).isEqualTo(4);
    }
  }

  @Test
  void eachPartitionKeepsItsOwnNextOffset() {
    try (KeyValueView view = open()) {
      view.apply(0, List.of(entry("ann", "1")), 10);
      view.apply(300, List.of(), 7_000_000_000L);

      assertThat(view.nextOffset(0)).isEqualTo(10);
      assertThat(view.nextOffset(1)).isZero();
      assertThat(view.nextOffset(300)).isEqualTo(7_000_000_000L);
    }
  }

  @Test
  void anOffsetNeverGoesBack() {
    try (KeyValueView view = open()) {
      view.apply(0, List.of(entry("ann", "1")), 10);

      assertThatThrownBy(() -> view.apply(0, List.of(entry("ann", "0")), 9))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nextOffset: 9 (expected: at least 10)");
      assertThat(contents(view)).isEqualTo(Map.of("ann", "1"));
    }
  }

  @Test
  void resetForgetsDataAndOffsetsAndNamesTheNewSource() {
    try (KeyValueView view = open()) {
      view.reset("first");
      view.apply(0, List.of(entry("ann", "1"), entry("", "empty key")), 10);
      view.apply(1, List.of(new Entry(new byte[] {(byte) 0xff, (byte) 0xff}, bytes("high"))), 5);

      view.reset("second");

      assertThat(view.source()).isEqualTo("second");
      assertThat(view.nextOffset(0)).isZero();
      assertThat(view.nextOffset(1)).isZero();
      assertThat(contents(view)).isEmpty();

      view.apply(0, List.of(entry("ann", "new")), 1);
      assertThat(contents(view)).isEqualTo(Map.of("ann", "new"));
    }
  }

  @Test
  void aClosedViewIsReopenedAsItWas() {
    try (KeyValueView view = open()) {
      view.reset("topic-1");
      view.apply(2, List.of(entry("ann", "1")), 42);
    }

    try (KeyValueView view = open()) {
      assertThat(view.source()).isEqualTo("topic-1");
      assertThat(view.nextOffset(2)).isEqualTo(42);
      assertThat(contents(view)).isEqualTo(Map.of("ann", "1"));
    }
  }

  @Test
  void whatAKilledProcessLeavesHoldsEveryBatchWithItsOffset() throws IOException {
    Path left = directory.resolve("left");
    try (KeyValueView view = open()) {
      view.reset("topic-1");
      view.apply(0, List.of(entry("ann", "1")), 1);
      view.apply(0, List.of(entry("ann", null), entry("ben", "2")), 3);

      // The files as they are on disk now, without a flush or a close: what a kill leaves behind.
      copy(directory.resolve("view"), left);
    }

    try (KeyValueView view = KeyValueView.open(left)) {
      assertThat(view.source()).isEqualTo("topic-1");
      assertThat(view.nextOffset(0)).isEqualTo(3);
      assertThat(contents(view)).isEqualTo(Map.of("ben", "2"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aLogCutAnywhereLeavesTheStateAfterSomeWholeBatch(long seed) throws IOException {
    Random random = new Random(seed);
    List<Map<String, String>> states = new ArrayList<>(List.of(Map.of()));
    Path left = directory.resolve("left");
    try (KeyValueView view = open()) {
      Map<String, String> expected = new HashMap<>();
      for (int batch = 1; batch <= 30; batch++) {
        List<Entry> entries = randomEntries(random, expected);
        view.apply(0, entries, batch);
        states.add(Map.copyOf(expected));
      }
      copy(directory.resolve("view"), left);
    }
    Path log = newestLog(left);
    byte[] whole = Files.readAllBytes(log);
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - random.nextInt(whole.length / 2));
    Files.write(log, cut);

    try (KeyValueView view = KeyValueView.open(left)) {
      int batch = (int) view.nextOffset(0);

      assertThat(contents(view))
          .as("seed %d, after batch %d", seed, batch)
          .isEqualTo(states.get(batch));
    }
  }

  @Test
  void aDamagedViewIsEmptiedSoThatItsOwnerReadsTheTopicAgain() throws IOException {
    try (KeyValueView view = open()) {
      view.reset("topic-1");
      view.apply(0, List.of(entry("ann", "1")), 1);
    }
    try (Stream<Path> files = Files.list(directory.resolve("view"))) {
      for (Path manifest :
          files.filter(file -> file.getFileName().toString().startsWith("MANIFEST")).toList()) {
        Files.write(manifest, bytes("not a manifest at all, and long enough to be read as one"));
      }
    }

    try (KeyValueView view = open()) {
      assertThat(view.source()).isEmpty();
      assertThat(view.nextOffset(0)).isZero();
      assertThat(contents(view)).isEmpty();
    }
  }

  @Test
  void aSecondOwnerIsRefusedAndTheFirstKeepsItsData() {
    try (KeyValueView view = open()) {
      view.apply(0, List.of(entry("ann", "1")), 1);

      assertThatThrownBy(this::open)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("lock");
      assertThat(contents(view)).isEqualTo(Map.of("ann", "1"));
    }
  }

  @Test
  void aClosedViewRefusesReadsAndClosesOnce() {
    KeyValueView view = open();
    view.close();
    view.close();

    assertThatThrownBy(() -> view.get(bytes("ann")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void aMemoryBoundThatCannotWorkIsRefused() {
    assertThatThrownBy(() -> new ViewMemory(1, 1))
        .hasMessage("cacheBytes: 1 (expected: at least 4194304)");
    assertThatThrownBy(() -> new ViewMemory(4 << 20, 3 << 20))
        .hasMessageContaining("writeBufferBytes: 3145728 (expected: ");
  }

  @Test
  void moreDataThanTheMemoryBoundIsHeldOnDisk() {
    ViewMemory small = new ViewMemory(4 << 20, 1 << 20);
    byte[] value = new byte[10_000];
    new Random(5).nextBytes(value);
    try (KeyValueView view = KeyValueView.open(directory.resolve("view"), small)) {
      for (int user = 0; user < 1_000; user++) {
        view.apply(0, List.of(new Entry(bytes("user" + user), value)), user + 1L);
      }

      assertThat(view.get(bytes("user0"))).isEqualTo(value);
      assertThat(view.get(bytes("user999"))).isEqualTo(value);
      // RocksDB counts an overwritten key of an unmerged file twice, so this is an order of size.
      assertThat(view.estimatedEntries()).isBetween(500L, 2_000L);
      int[] entries = new int[1];
      view.forEach((key, held) -> entries[0]++);
      assertThat(entries[0]).isEqualTo(1_000);
    }
  }

  @Test
  void saysWhetherAnyKeyBeginsWithSomething() {
    try (KeyValueView view = open()) {
      view.apply(0, List.of(entry("shop/cup", "1"), entry("shop2/cup", "1")), 1);
      view.apply(0, List.of(entry("shop2/cup", null)), 2);

      assertThat(view.hasAny(bytes("shop/"))).isTrue();
      assertThat(view.hasAny(bytes("shop/cup"))).isTrue();
      assertThat(view.hasAny(bytes("shop2/"))).isFalse();
      assertThat(view.hasAny(bytes("shop/cups"))).isFalse();
      assertThat(view.hasAny(bytes("a"))).isFalse();
      assertThat(view.hasAny(bytes("z"))).isFalse();
    }
  }

  private KeyValueView open() {
    return KeyValueView.open(directory.resolve("view"));
  }

  private static List<Entry> randomEntries(Random random, Map<String, String> expected) {
    List<Entry> entries = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      String key = "user" + random.nextInt(6);
      if (random.nextInt(4) == 0) {
        entries.add(entry(key, null));
        expected.remove(key);
      } else {
        String value = Long.toHexString(random.nextLong());
        entries.add(entry(key, value));
        expected.put(key, value);
      }
    }
    return entries;
  }

  private static Map<String, String> contents(KeyValueView view) {
    Map<String, String> contents = new TreeMap<>();
    view.forEach((key, value) -> contents.put(new String(key, UTF_8), new String(value, UTF_8)));
    return contents;
  }

  private static Entry entry(String key, @Nullable String value) {
    return new Entry(bytes(key), value == null ? null : bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Path newestLog(Path store) throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".log"))
          .max((left, right) -> left.getFileName().compareTo(right.getFileName()))
          .orElseThrow();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (!file.getFileName().toString().equals("LOCK")) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }
}
