package io.waggle.core.surface;

import io.waggle.v1.SurfaceConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads surfaces from YAML: one file, or every {@code *.yaml} of a directory; each document is the
 * JSON mapping of {@link SurfaceConfig}.
 */
public final class SurfaceFiles {
  private SurfaceFiles() {}

  /**
   * Reads, refusing unknown keys and broken rules. @throws IllegalArgumentException as {@code file:
   * field: value (expected: ...)}
   */
  public static List<SurfaceConfig> read(Path fileOrDirectory) {
    throw new UnsupportedOperationException(fileOrDirectory.toString());
  }

  /** Reads one document. */
  public static SurfaceConfig parse(String yaml) {
    throw new UnsupportedOperationException(yaml);
  }
}
