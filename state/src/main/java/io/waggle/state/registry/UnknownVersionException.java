package io.waggle.state.registry;

import java.io.IOException;

/** The registry does not keep that version: it never did, or retention has deleted it. */
public final class UnknownVersionException extends IOException {
  private static final long serialVersionUID = 1L;

  UnknownVersionException(ModelName name) {
    super(name + ": not in the registry");
  }
}
