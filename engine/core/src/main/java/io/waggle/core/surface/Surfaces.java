package io.waggle.core.surface;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configured surfaces by name. Immutable; any thread. */
public final class Surfaces implements Serializable {
  private static final long serialVersionUID = 1L;

  public Surfaces(Collection<Surface> surfaces) {
    throw new UnsupportedOperationException(surfaces.toString());
  }

  /** The surface or null. */
  public @Nullable Surface find(String name) {
    throw new UnsupportedOperationException(name);
  }

  /** All, in the order given. */
  public List<Surface> all() {
    throw new UnsupportedOperationException();
  }
}
