package io.waggle.state.model;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts parts together again, in whatever order they come. One thread.
 *
 * <p>Keeps the parts of at most one incomplete version per policy (a newer one replaces it), so its
 * memory is bounded by policies x model size: at most {@link #POLICIES_BOUND} policies and {@link
 * #MODEL_BYTES_BOUND} bytes a model. Parts beyond either bound are dropped and counted as damaged.
 */
public final class ModelAssembler {
  /** Most policies, over all surfaces. */
  public static final int POLICIES_BOUND = 4_096;

  /**
   * Largest model, bytes: a full one of 24 bits is 256 MiB, and half of it again is not expected.
   */
  public static final long MODEL_BYTES_BOUND = 384L << 20;

  private final Map<Key, Assembly> assemblies = new HashMap<>();
  private long damaged;

  private record Key(String surface, String policy) {}

  /**
   * Takes a part; the version when it is now whole. Versions that are not newer than the last
   * finished or dropped one are ignored, and so is a repeated part. A part that is broken by itself
   * is dropped and counted; a version whose parts do not fit together, or whose checksum fails, is
   * dropped and counted once.
   */
  public Optional<ServableModel> offer(ModelSnapshot part) {
    Key key = new Key(part.getSurface(), part.getPolicy());
    Assembly assembly = assemblies.get(key);
    if (assembly == null) {
      if (assemblies.size() >= POLICIES_BOUND) {
        damaged++;
        return Optional.empty();
      }
      assembly = new Assembly();
      assemblies.put(key, assembly);
    }
    return switch (assembly.add(part)) {
      case WAITING -> Optional.empty();
      case DAMAGED -> {
        damaged++;
        yield Optional.empty();
      }
      case WHOLE -> {
        ByteString bytes = assembly.finish();
        if (ModelParts.checksum(bytes) != part.getChecksum()) {
          damaged++;
          yield Optional.empty();
        }
        yield Optional.of(model(part, bytes));
      }
    };
  }

  /** Versions and parts dropped because a checksum, layout or bound did not hold. */
  public long damaged() {
    return damaged;
  }

  private static ServableModel model(ModelSnapshot part, ByteString bytes) {
    return new ServableModel(
        part.getSurface(),
        part.getPolicy(),
        part.getVersion(),
        bytes,
        part.getArguments(),
        part.getEventsLearned(),
        part.getCreatedMillis(),
        part.getParentVersion(),
        part.getOldestRewardMillis(),
        part.getLineage());
  }
}
