package io.waggle.jobs.signal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/** The signals that come with the product, on a surface {@code shop}. */
final class ShippedSignals {
  private ShippedSignals() {}

  static String yaml() throws IOException {
    try (InputStream file = SurfaceFiles.class.getResourceAsStream("/waggle/signals.yaml")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), UTF_8)
          .replace("name: signals\n", "name: shop\n");
    }
  }

  static Surfaces surfaces() throws IOException {
    return new Surfaces(List.of(Surface.of(SurfaceFiles.parse(yaml()))));
  }
}
