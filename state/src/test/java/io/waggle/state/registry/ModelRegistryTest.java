package io.waggle.state.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.waggle.state.model.ModelParts;
import io.waggle.v1.ModelLineage;
import io.waggle.v1.RegisteredModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRegistryTest {
  private static final ModelName FIRST = new ModelName("front", "live", 100);
  private static final ByteString BYTES = bytes(1, 5_000);

  @TempDir Path directory;
  private ModelRegistry registry;

  @BeforeEach
  void open() {
    registry = ModelRegistry.in(directory);
  }

  @Test
  void aVersionComesBackWithItsLineage() throws IOException {
    registry.put(lineage(FIRST, BYTES), BYTES);

    ModelRegistry reader = ModelRegistry.in(directory);
    assertThat(reader.contains(FIRST)).isTrue();
    assertThat(reader.bytes(FIRST)).isEqualTo(BYTES);
    assertThat(reader.show(FIRST))
        .isEqualTo(RegisteredModel.newBuilder().setLineage(lineage(FIRST, BYTES)).build());
    assertThat(files()).containsExactly("lineage.bin", "model.bin");
  }

  @Test
  void versionsOfAPolicyAreListedOldestFirst() throws IOException {
    for (long version : new long[] {1000, 7, 20}) {
      put(new ModelName("front", "live", version));
    }
    put(new ModelName("front", "other", 8));
    put(new ModelName("back", "live", 9));
    Files.createDirectories(directory.resolve("front/live/no-version"));

    assertThat(registry.list("front", "live"))
        .extracting(model -> model.getLineage().getVersion())
        .containsExactly(7L, 20L, 1000L);
    assertThat(registry.list("nothing", "here")).isEmpty();
    assertThat(registry.list())
        .extracting(model -> ModelName.of(model.getLineage()).toString())
        .containsExactly(
            "back/live@9", "front/live@7", "front/live@20", "front/live@1000", "front/other@8");
  }

  @Test
  void aVersionIsNeverOverwritten() throws IOException {
    registry.put(lineage(FIRST, BYTES), BYTES);

    assertThatCode(() -> registry.put(lineage(FIRST, BYTES), BYTES)).doesNotThrowAnyException();
    assertThatThrownBy(() -> registry.put(lineage(FIRST, bytes(2, 9)), bytes(2, 9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("front/live@100: is there already with other bytes");
    assertThat(registry.bytes(FIRST)).isEqualTo(BYTES);
  }

  @Test
  void bytesThatAreNotTheLineagesAreRefused() {
    assertThatThrownBy(() -> registry.put(lineage(FIRST, BYTES), bytes(2, 5_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not of these bytes");
    assertThatThrownBy(
            () -> registry.put(lineage(FIRST, BYTES).toBuilder().setModelBytes(1).build(), BYTES))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNotKeptIsSaidByName() {
    assertThatThrownBy(() -> registry.bytes(FIRST))
        .isInstanceOf(UnknownVersionException.class)
        .hasMessage("front/live@100: not in the registry");
    assertThatThrownBy(() -> registry.show(FIRST)).isInstanceOf(UnknownVersionException.class);
    assertThatThrownBy(() -> registry.pin(FIRST, true)).isInstanceOf(UnknownVersionException.class);
    assertThatCode(() -> registry.delete(FIRST)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void alteredAndTruncatedFilesAreNeverRead(long seed) throws IOException {
    Random random = new Random(seed);
    registry.put(lineage(FIRST, BYTES), BYTES);
    Path file =
        directory.resolve("front/live/100/" + (seed % 2 == 0 ? "model.bin" : "lineage.bin"));
    byte[] content = Files.readAllBytes(file);
    if (seed % 3 == 0) {
      content = java.util.Arrays.copyOf(content, random.nextInt(content.length));
    } else {
      content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
    }
    Files.write(file, content);

    assertThatThrownBy(() -> registry.bytes(FIRST))
        .isInstanceOf(DamagedVersionException.class)
        .hasMessageStartingWith("front/live@100: ");
  }

  @Test
  void aLineageInAnotherVersionsFolderIsNotRead() throws IOException {
    registry.put(lineage(FIRST, BYTES), BYTES);
    Files.move(directory.resolve("front/live/100"), directory.resolve("front/live/101"));

    assertThatThrownBy(() -> registry.show(new ModelName("front", "live", 101)))
        .isInstanceOf(DamagedVersionException.class)
        .hasMessageContaining("of front/live@100");
    assertThat(registry.list("front", "live")).isEmpty();
  }

  @Test
  void aWriteThatIsCutOffAnywhereLeavesTheVersionWholeOrAbsent() throws IOException {
    for (int writes = 0; writes < 2; writes++) {
      ModelName name = new ModelName("front", "live", 200 + writes);
      ModelRegistry failing = new ModelRegistry(new FailingFiles(directory, writes));

      assertThatThrownBy(() -> failing.put(lineage(name, BYTES), BYTES))
          .isInstanceOf(IOException.class)
          .hasMessage("the disk is full");

      assertThat(registry.contains(name)).isFalse();
      assertThat(registry.list("front", "live")).hasSize(writes);
      registry.put(lineage(name, BYTES), BYTES);
      assertThat(registry.bytes(name)).isEqualTo(BYTES);
    }
  }

  @Test
  void retentionDeletesWhatGoesAndKeepsThePinned() throws IOException {
    long hour = 3_600_000;
    for (long version = 1; version <= 5; version++) {
      put(new ModelName("front", "live", version * hour));
    }
    registry.pin(new ModelName("front", "live", 2 * hour), true);

    assertThat(registry.retain("front", "live", new Retention(1, Duration.ofMinutes(1)), 9 * hour))
        .extracting(model -> model.getLineage().getVersion())
        .containsExactly(hour, 3 * hour, 4 * hour);
    assertThat(registry.list("front", "live"))
        .extracting(model -> model.getLineage().getVersion())
        .containsExactly(2 * hour, 5 * hour);
    assertThat(registry.show(new ModelName("front", "live", 2 * hour)).getPinned()).isTrue();
  }

  @Test
  void aVersionThatIsNoLongerPinnedGoes() throws IOException {
    put(FIRST);
    put(new ModelName("front", "live", 200));
    registry.pin(FIRST, true);
    registry.pin(FIRST, true);
    Retention retention = new Retention(1, Duration.ofMillis(1));
    assertThat(registry.retain("front", "live", retention, 1_000)).isEmpty();

    registry.pin(FIRST, false);
    registry.pin(FIRST, false);

    assertThat(registry.retain("front", "live", retention, 1_000)).hasSize(1);
    assertThat(registry.contains(FIRST)).isFalse();
  }

  @Test
  void whatCutOffWritesLeftGoesAfterAnHour() throws IOException {
    Path leftover = directory.resolve("front/live/5000/.model.bin.1");
    Files.createDirectories(directory.resolve("front/live/5000"));
    Files.write(leftover, new byte[9]);

    registry.retain("front", "live", Retention.DEFAULT, 5_000 + 3_600_000);
    assertThat(leftover).exists();
    registry.retain("front", "live", Retention.DEFAULT, 5_001 + 3_600_000);
    assertThat(directory.resolve("front/live/5000")).doesNotExist();
  }

  private void put(ModelName name) throws IOException {
    ByteString bytes = bytes(name.version(), 100);
    registry.put(lineage(name, bytes), bytes);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> found = Files.list(directory.resolve("front/live/100"))) {
      return found.map(path -> String.valueOf(path.getFileName())).sorted().toList();
    }
  }

  private static ModelLineage lineage(ModelName name, ByteString bytes) {
    return ModelLineage.newBuilder()
        .setSurface(name.surface())
        .setPolicy(name.policy())
        .setVersion(name.version())
        .setCreatedMillis(name.version())
        .setArguments("--cb_explore_adf")
        .setChecksum(ModelParts.checksum(bytes))
        .setModelBytes(bytes.size())
        .build();
  }

  private static ByteString bytes(long seed, int size) {
    byte[] data = new byte[size];
    new Random(seed).nextBytes(data);
    return ByteString.copyFrom(data);
  }

  /** Takes so many writes, then fails. */
  private static final class FailingFiles implements RegistryFiles {
    private final RegistryFiles files;
    private int writes;

    FailingFiles(Path directory, int writes) {
      files = new DirectoryFiles(directory);
      this.writes = writes;
    }

    @Override
    public ByteString read(String path) throws IOException {
      return files.read(path);
    }

    @Override
    public void write(String path, ByteString bytes) throws IOException {
      if (writes == 0) {
        throw new IOException("the disk is full");
      }
      writes--;
      files.write(path, bytes);
    }

    @Override
    public void delete(String path) throws IOException {
      files.delete(path);
    }

    @Override
    public List<String> names(String folder) throws IOException {
      return files.names(folder);
    }
  }
}
