package io.waggle.jobs.record;

import com.google.protobuf.ByteString;
import io.waggle.core.codec.ModelDelta;
import io.waggle.core.model.ModelChanges;
import io.waggle.state.model.ModelParts;
import io.waggle.state.model.ServableModel;
import io.waggle.v1.ModelSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Model versions to records of topic {@code models}: whole, or where that is less than half of it,
 * what changed since the last full version. A change is always of a full version, never of another
 * change, so a reader needs two things at most.
 *
 * <p>Full again: after {@link #FULL_EVERY_MILLIS}, when the change would be half or more, and when
 * the version before was not published here, which is after a restart and after a rollback. Keeps
 * one full version a policy in memory, as large as its bytes. One thread.
 */
public final class ModelRecords {
  /** Between full versions at most, while versions are published. */
  static final long FULL_EVERY_MILLIS = 60_000;

  /** Smaller models fit one part whatever is done to them. */
  private static final int LEAST_BYTES = 16 << 10;

  private final Map<Policy, Full> fulls = new HashMap<>();

  private record Policy(String surface, String name) {}

  /**
   * The last full version of a policy.
   *
   * @param newest the newest version published, full or not
   */
  private record Full(ModelDelta.Base base, long version, long createdMillis, long newest) {}

  /** The next version is a full one: nobody who reads it has the one before. */
  public void forget(String surface, String policy) {
    fulls.remove(new Policy(surface, policy));
  }

  /** The parts of a version, in order. */
  public List<ModelSnapshot> of(ServableModel model) {
    Policy policy = new Policy(model.surface(), model.policy());
    Full full = fulls.get(policy);
    if (full != null && full.newest() == model.parentVersion() && !isOld(full, model)) {
      Optional<ByteString> change =
          ModelChanges.change(full.base(), model, model.bytes().size() / 2);
      if (change.isPresent()) {
        fulls.put(
            policy, new Full(full.base(), full.version(), full.createdMillis(), model.version()));
        return ModelParts.splitChange(model, full.version(), change.get());
      }
    }
    fulls.remove(policy);
    if (model.bytes().size() >= LEAST_BYTES) {
      ModelChanges.base(model)
          .ifPresent(
              base ->
                  fulls.put(
                      policy,
                      new Full(base, model.version(), model.createdMillis(), model.version())));
    }
    return ModelParts.split(model);
  }

  /** A clock that was set back counts as old. */
  private static boolean isOld(Full full, ServableModel model) {
    long age = model.createdMillis() - full.createdMillis();
    return age >= FULL_EVERY_MILLIS || age < 0;
  }
}
