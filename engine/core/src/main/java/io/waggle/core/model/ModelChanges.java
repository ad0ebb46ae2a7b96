package io.waggle.core.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.waggle.core.codec.ModelDelta;
import io.waggle.core.codec.ModelOptions;
import io.waggle.state.model.ModelAssembler;
import io.waggle.state.model.ServableModel;
import java.util.Optional;

/** Changes of models for the topic: made by the learner, applied by every reader. Any thread. */
public final class ModelChanges {
  private ModelChanges() {}

  /** An assembler that knows how changes are applied. */
  public static ModelAssembler assembler() {
    return new ModelAssembler(
        (base, change) ->
            UnsafeByteOperations.unsafeWrap(
                new ModelDelta.Base(base.toByteArray()).apply(change.toByteArray())));
  }

  /** A full version that changes can be made of; empty: not of this kind of learner. */
  public static Optional<ModelDelta.Base> base(ServableModel full) {
    if (ModelOptions.problem(full.arguments()) != null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ModelDelta.Base(full.bytes().toByteArray()));
    } catch (IllegalArgumentException e) {
      // A diverged model: readers refuse it, and the next full version is another try.
      return Optional.empty();
    }
  }

  /** What changed since a full version; empty: more than so many bytes, or not to be told. */
  public static Optional<ByteString> change(
      ModelDelta.Base base, ServableModel newer, long mostBytes) {
    byte[] change;
    try {
      change = base.changeTo(newer.bytes().toByteArray());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return change.length > mostBytes
        ? Optional.empty()
        : Optional.of(UnsafeByteOperations.unsafeWrap(change));
  }
}
