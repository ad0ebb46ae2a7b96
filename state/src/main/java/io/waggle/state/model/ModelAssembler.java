package io.waggle.state.model;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Puts parts together again, in whatever order they come, and makes whole versions of changes. One
 * thread.
 *
 * <p>Keeps per policy the newest full version, the parts of at most one newer full version and one
 * newer change, and at most one change that waits for its base; so its memory is bounded by
 * policies x model size: at most {@link #POLICIES_BOUND} policies and {@link #MODEL_BYTES_BOUND}
 * bytes a model. Parts beyond either bound are dropped and counted as damaged. A reader that missed
 * a change's base has no use for the change and goes on with the next full version.
 */
public final class ModelAssembler {
  /** Most policies, over all surfaces. */
  public static final int POLICIES_BOUND = 4_096;

  /**
   * Largest model, bytes: a full one of 24 bits is 256 MiB, and half of it again is not expected.
   */
  public static final long MODEL_BYTES_BOUND = 384L << 20;

  private final Map<Key, PolicyAssembly> policies = new HashMap<>();
  private final ModelChange changes;
  private long beyondBound;

  private record Key(String surface, String policy) {}

  /**
   * @param changes makes a version of a full one and a change
   */
  public ModelAssembler(ModelChange changes) {
    this.changes = changes;
  }

  /**
   * Takes a part; the version when it is now whole. Versions that are not newer than the last
   * finished or dropped one are ignored, and so is a repeated part. A part that is broken by itself
   * is dropped and counted; a version whose parts do not fit together, whose checksum fails, or
   * which is a change that does not fit its base, is dropped and counted once.
   */
  public Optional<ServableModel> offer(ModelSnapshot part) {
    Key key = new Key(part.getSurface(), part.getPolicy());
    PolicyAssembly policy = policies.get(key);
    if (policy == null) {
      if (policies.size() >= POLICIES_BOUND) {
        beyondBound++;
        return Optional.empty();
      }
      policy = new PolicyAssembly(changes);
      policies.put(key, policy);
    }
    return policy.add(part);
  }

  /** Versions and parts dropped because a checksum, layout or bound did not hold. */
  public long damaged() {
    return beyondBound + policies.values().stream().mapToLong(PolicyAssembly::damaged).sum();
  }

  static ServableModel model(ModelSnapshot part, ByteString bytes) {
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
