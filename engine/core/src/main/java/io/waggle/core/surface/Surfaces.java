package io.waggle.core.surface;

import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configured surfaces by name. Immutable; any thread. */
public final class Surfaces implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, Surface> surfaceByName = new LinkedHashMap<>();

  /**
   * Keeps the order given.
   *
   * @throws IllegalArgumentException when two have the same name
   */
  public Surfaces(Collection<Surface> surfaces) {
    for (Surface surface : surfaces) {
      if (surfaceByName.putIfAbsent(surface.name(), surface) != null) {
        throw new IllegalArgumentException(
            "name: " + surface.name() + " (expected: unique among the surfaces)");
      }
    }
  }

  /** The surface or null. */
  public @Nullable Surface find(String name) {
    return surfaceByName.get(name);
  }

  /** All, in the order given. */
  public List<Surface> all() {
    return List.copyOf(surfaceByName.values());
  }

  /** Names of those that declare features. */
  public List<String> declaringFeatures() {
    return surfaceByName.values().stream()
        .filter(surface -> surface.config().getFeaturesCount() > 0)
        .map(Surface::name)
        .toList();
  }
}
