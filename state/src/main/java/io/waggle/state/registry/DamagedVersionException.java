package io.waggle.state.registry;

import java.io.IOException;

/** A version's files are not what was written: a size, a checksum or a name does not hold. */
public final class DamagedVersionException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedVersionException(ModelName name, String rule) {
    super(name + ": " + rule);
  }
}
