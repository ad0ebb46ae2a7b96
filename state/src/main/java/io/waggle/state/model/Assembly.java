package io.waggle.state.model;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of one policy's newest incomplete version. One thread. */
final class Assembly {
  /** What a part did. */
  enum Step {
    /** More parts are needed, or the part was of no use. */
    WAITING,
    /** The part is broken, or does not fit the others: then the whole version has been dropped. */
    DAMAGED,
    /** All parts are there. */
    WHOLE
  }

  private static final ByteString[] NONE = {};

  /** Newest version that was finished or dropped; parts up to it are ignored. */
  private long doneVersion;

  private @Nullable ModelSnapshot first;
  private @Nullable ByteString[] parts = NONE;
  private int missing;

  /** Takes a part of the version at hand or of a newer one. */
  Step add(ModelSnapshot part) {
    if (!isWellFormed(part)) {
      // Its version is as doubtful as the rest of it: the version at hand goes on.
      return Step.DAMAGED;
    }
    if (part.getVersion() <= doneVersion) {
      return Step.WAITING;
    }
    ModelSnapshot known = first;
    if (known != null && part.getVersion() < known.getVersion()) {
      return Step.WAITING;
    }
    if (known != null && part.getVersion() > known.getVersion()) {
      known = null;
    }
    if (known != null && !isOfSameVersion(known, part)) {
      drop(part.getVersion());
      return Step.DAMAGED;
    }
    if (known == null) {
      start(part);
    }
    if (parts[part.getPart()] == null) {
      parts[part.getPart()] = part.getData();
      missing--;
    }
    return missing == 0 ? Step.WHOLE : Step.WAITING;
  }

  /** The whole's bytes; the version is done. */
  ByteString finish() {
    ModelSnapshot whole = first;
    if (whole == null || missing > 0) {
      throw new IllegalStateException("parts are missing");
    }
    @SuppressWarnings("NullAway") // none is missing
    ByteString bytes = ByteString.copyFrom(List.of(parts));
    drop(whole.getVersion());
    return bytes;
  }

  private void start(ModelSnapshot part) {
    // Only the fields that all parts share; the data is kept with the parts.
    first = part.toBuilder().clearPart().clearData().build();
    parts = new ByteString[part.getParts()];
    missing = parts.length;
  }

  private void drop(long version) {
    doneVersion = version;
    first = null;
    parts = NONE;
    missing = 0;
  }

  private static boolean isWellFormed(ModelSnapshot part) {
    long modelBytes = part.getModelBytes();
    return part.getBaseVersion() >= 0
        && part.getVersion() > part.getBaseVersion()
        && modelBytes >= 0
        && modelBytes <= ModelAssembler.MODEL_BYTES_BOUND
        && part.getParts() == ModelParts.count(modelBytes)
        && part.getPart() >= 0
        && part.getPart() < part.getParts()
        && part.getData().size() == ModelParts.size(part.getPart(), modelBytes);
  }

  private static boolean isOfSameVersion(ModelSnapshot known, ModelSnapshot part) {
    return known.equals(part.toBuilder().clearPart().clearData().build());
  }
}
