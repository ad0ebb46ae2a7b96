package io.waggle.state.model;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelSnapshot;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one policy as they arrive: full ones, and changes of full ones. Keeps the newest
 * full version's bytes and the newest change that waits for its base, so a change may arrive before
 * its base. A change whose base never comes is superseded by the next full version. One thread.
 */
final class PolicyAssembly {
  private final ModelChange changes;
  private final Assembly fulls = new Assembly();
  private final Assembly deltas = new Assembly();

  private long newestGiven;
  private long baseVersion;
  private ByteString base = ByteString.EMPTY;
  private @Nullable Change waiting;
  private long damaged;

  /** A whole change. */
  private record Change(ModelSnapshot part, ByteString bytes) {}

  PolicyAssembly(ModelChange changes) {
    this.changes = changes;
  }

  /** Takes a part; the version that is whole with it and newer than all before. */
  Optional<ServableModel> add(ModelSnapshot part) {
    boolean full = part.getBaseVersion() == 0;
    Assembly assembly = full ? fulls : deltas;
    Assembly.Step step = assembly.add(part);
    if (step == Assembly.Step.WAITING) {
      return Optional.empty();
    }
    ByteString bytes = step == Assembly.Step.WHOLE ? assembly.finish() : null;
    if (bytes == null || ModelParts.checksum(bytes) != part.getChecksum()) {
      damaged++;
      return Optional.empty();
    }
    return full ? full(part, bytes) : change(new Change(part, bytes));
  }

  /** Parts and versions dropped because a checksum, a layout or a change's base did not hold. */
  long damaged() {
    return damaged;
  }

  private Optional<ServableModel> full(ModelSnapshot part, ByteString bytes) {
    baseVersion = part.getVersion();
    base = bytes;
    Change change = waiting;
    Optional<ServableModel> newer = change == null ? Optional.empty() : change(change);
    return newer.isPresent() ? newer : given(ModelAssembler.model(part, bytes));
  }

  private Optional<ServableModel> change(Change change) {
    if (change.part().getBaseVersion() > baseVersion) {
      waiting = change;
      return Optional.empty();
    }
    waiting = null;
    if (change.part().getBaseVersion() < baseVersion) {
      return Optional.empty();
    }
    ByteString bytes;
    try {
      bytes = changes.apply(base, change.bytes());
    } catch (IllegalArgumentException e) {
      damaged++;
      return Optional.empty();
    }
    return given(ModelAssembler.model(change.part(), bytes));
  }

  private Optional<ServableModel> given(ServableModel model) {
    if (model.version() <= newestGiven) {
      return Optional.empty();
    }
    newestGiven = model.version();
    return Optional.of(model);
  }
}
