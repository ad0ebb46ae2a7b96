package io.waggle.state.model;

import io.waggle.v1.ModelSnapshot;
import java.util.List;

/** Cuts a model version into parts of at most 1 MiB, each carrying the whole's checksum. */
public final class ModelParts {
  /** Largest part, bytes. */
  public static final int PART_BYTES = 1 << 20;

  private ModelParts() {}

  /** The parts of a version, in order; at least one. */
  public static List<ModelSnapshot> split(ServableModel model) {
    throw new UnsupportedOperationException(model.toString());
  }
}
