package io.waggle.state.model;

import io.waggle.v1.ModelSnapshot;
import java.util.Optional;

/**
 * Puts parts together again. Keeps the parts of at most one incomplete version per policy (a newer
 * one replaces it), so its memory is bounded by policies x model size. One thread.
 */
public final class ModelAssembler {
  /**
   * Takes a part; the version when it is now whole. Older versions than the last whole one are
   * ignored; a version whose checksum fails is dropped and counted.
   */
  public Optional<ServableModel> offer(ModelSnapshot part) {
    throw new UnsupportedOperationException(part.toString());
  }

  /** Versions dropped because their checksum or layout did not hold. */
  public long damaged() {
    return 0;
  }
}
