package io.waggle.state.model;

import com.google.protobuf.ByteString;

/** Makes a model of an older one and what changed since. Any thread. */
@FunctionalInterface
public interface ModelChange {
  /**
   * The newer model's bytes.
   *
   * @param base the full version that the change was made for
   * @throws IllegalArgumentException when the change is damaged or of another base
   */
  ByteString apply(ByteString base, ByteString change);
}
