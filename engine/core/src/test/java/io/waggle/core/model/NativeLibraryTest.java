package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {
  @Test
  void theUnpackedCopyIsGoneOnceItIsLoaded() throws IOException {
    NativeLibrary.load();

    List<Path> mapped;
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      mapped =
          lines
              .filter(line -> line.contains("/libvw_jni.so"))
              .map(line -> Path.of(line.substring(line.indexOf('/')).replace(" (deleted)", "")))
              .toList();
    }
    assertThat(mapped).isNotEmpty().noneMatch(Files::exists);
    assertThat(mapped)
        .map(file -> Path.of(file.toString().replaceFirst("(/tmplibvw[^/]*)/.*", "$1")))
        .allMatch(folder -> folder.toString().contains("tmplibvw"))
        .noneMatch(Files::exists);
  }

  @Test
  void onlyCopiesThatTheLoaderUnpackedAreTaken() {
    String prefix = "7f0000000000-7f0000001000 r-xp 00000000 08:01 123   ";

    assertThat(NativeLibrary.unpackedCopy(prefix + "/tmp/tmplibvw1/natives/linux_64/libvw_jni.so"))
        .hasValue(Path.of("/tmp/tmplibvw1/natives/linux_64/libvw_jni.so"));
    assertThat(NativeLibrary.unpackedCopy(prefix + "/usr/lib/libvw_jni.so")).isEmpty();
    assertThat(NativeLibrary.unpackedCopy(prefix + "/tmp/tmplibvw1/libother.so")).isEmpty();
    assertThat(
            NativeLibrary.unpackedCopy(
                prefix + "/tmp/tmplibvw1/natives/linux_64/libvw_jni.so (deleted)"))
        .isEmpty();
    assertThat(NativeLibrary.unpackedCopy("7f00-7f01 rw-p 00000000 00:00 0 ")).isEmpty();
  }
}
