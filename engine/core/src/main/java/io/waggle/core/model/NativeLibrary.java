package io.waggle.core.model;

import common.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads VW's native library and removes the copy that its loader leaves behind. Any thread; once
 * per process (per class loader).
 *
 * <p>The binding copies 17 MB to the temp folder at every start and never deletes them. On Linux,
 * the only system it has a library for, a mapped file lives on without its name, so the copy goes
 * as soon as it is loaded and a killed process leaves nothing. Which copy is ours is read from the
 * process's own memory map: other processes' copies are not touched.
 */
final class NativeLibrary {
  private static final Logger LOGGER = LoggerFactory.getLogger(NativeLibrary.class);
  private static final String FILE = "libvw_jni.so";
  private static final String FOLDER_PREFIX = "tmplibvw";
  private static final Path MEMORY_MAP = Path.of("/proc/self/maps");

  private NativeLibrary() {}

  /**
   * Loads the library on the first call.
   *
   * @throws IllegalStateException when this machine cannot load it
   */
  static void load() {
    try {
      Loaded.ensure();
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "Vowpal Wabbit's native library does not load; it needs Linux x86-64 with glibc, a jar"
              + " path without spaces and a writable temp folder",
          e);
    }
  }

  /** Removes the unpacked copies that this process has mapped. */
  static void removeUnpacked() {
    try (Stream<String> lines = Files.lines(MEMORY_MAP, StandardCharsets.UTF_8)) {
      lines
          .map(NativeLibrary::unpackedCopy)
          .flatMap(Optional::stream)
          .distinct()
          .forEach(NativeLibrary::remove);
    } catch (IOException e) {
      LOGGER.debug("Cannot read {}; VW's unpacked library stays", MEMORY_MAP, e);
    }
  }

  /** The file mapped by a line of the memory map, if it is a copy that VW's loader unpacked. */
  static Optional<Path> unpackedCopy(String mapLine) {
    int start = mapLine.indexOf('/');
    if (start < 0 || !mapLine.endsWith('/' + FILE)) {
      return Optional.empty();
    }
    Path file = Path.of(mapLine.substring(start));
    for (Path parent = file.getParent(); parent != null; parent = parent.getParent()) {
      Path name = parent.getFileName();
      if (name != null && name.toString().startsWith(FOLDER_PREFIX)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  /** Removes the file and its folders up to the one that VW's loader made. */
  private static void remove(Path file) {
    try {
      for (Path path = file; path != null && path.getFileName() != null; path = path.getParent()) {
        Files.deleteIfExists(path);
        if (path.getFileName().toString().startsWith(FOLDER_PREFIX)) {
          return;
        }
      }
    } catch (IOException e) {
      LOGGER.debug("Cannot remove VW's unpacked library {}", file, e);
    }
  }

  /** Loads once, however many threads come. */
  private static final class Loaded {
    static {
      Native.load();
      removeUnpacked();
    }

    private static void ensure() {}
  }
}
