package io.waggle.jobs.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.waggle.state.registry.DirectoryFiles;
import io.waggle.state.registry.RegistryFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both kinds of a registry's files do the same. */
class FlinkFilesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsWrittenIsReadAndReplacedWhole(boolean flink) throws IOException {
    RegistryFiles files = files(flink);

    files.write("front/live/1/model.bin", bytes("one"));
    files.write("front/live/1/model.bin", bytes("another"));
    files.write("front/live/1/pinned", ByteString.EMPTY);

    assertThat(files.read("front/live/1/model.bin")).isEqualTo(bytes("another"));
    assertThat(files.read("front/live/1/pinned")).isEqualTo(ByteString.EMPTY);
    assertThat(files.names("front/live/1")).containsExactlyInAnyOrder("model.bin", "pinned");
    assertThat(files.names("")).containsExactly("front");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsAbsentHasNoNamesAndIsNotRead(boolean flink) throws IOException {
    RegistryFiles files = files(flink);

    assertThat(files.names("")).isEmpty();
    assertThat(files.names("front/live")).isEmpty();
    assertThatThrownBy(() -> files.read("front/live/1/model.bin"))
        .isInstanceOf(FileNotFoundException.class);
    assertThatCode(() -> files.delete("front/live")).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFolderIsDeletedWithAllThatIsInIt(boolean flink) throws IOException {
    RegistryFiles files = files(flink);
    files.write("front/live/1/model.bin", bytes("one"));
    files.write("front/live/1/lineage.bin", bytes("two"));
    files.write("front/live/2/model.bin", bytes("three"));

    files.delete("front/live/1/lineage.bin");
    assertThat(files.names("front/live/1")).containsExactly("model.bin");
    files.delete("front/live/1");

    assertThat(files.names("front/live")).containsExactly("2");
  }

  private RegistryFiles files(boolean flink) {
    Path root = directory.resolve("registry");
    return flink ? new FlinkFiles(root.toUri()) : new DirectoryFiles(root);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFrom(text, UTF_8);
  }
}
