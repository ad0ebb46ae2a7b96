package io.waggle.state.model;

import com.google.protobuf.ByteString;
import io.waggle.v1.ModelSnapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Cuts a model version into parts of at most 1 MiB, each carrying the whole's checksum. Pure. */
public final class ModelParts {
  /** Largest part, bytes. */
  public static final int PART_BYTES = 1 << 20;

  private ModelParts() {}

  /**
   * The parts of a version, in order; at least one. All but the last hold {@link #PART_BYTES}. The
   * bytes are not copied.
   */
  public static List<ModelSnapshot> split(ServableModel model) {
    return split(model, 0, model.bytes());
  }

  /** The parts of a version as a change of a full one. */
  public static List<ModelSnapshot> splitChange(
      ServableModel model, long baseVersion, ByteString change) {
    return split(model, baseVersion, change);
  }

  private static List<ModelSnapshot> split(
      ServableModel model, long baseVersion, ByteString bytes) {
    int parts = count(bytes.size());
    ModelSnapshot whole =
        ModelSnapshot.newBuilder()
            .setSurface(model.surface())
            .setPolicy(model.policy())
            .setVersion(model.version())
            .setParts(parts)
            .setChecksum(checksum(bytes))
            .setModelBytes(bytes.size())
            .setArguments(model.arguments())
            .setEventsLearned(model.eventsLearned())
            .setCreatedMillis(model.createdMillis())
            .setParentVersion(model.parentVersion())
            .setOldestRewardMillis(model.oldestRewardMillis())
            .setBaseVersion(baseVersion)
            .setLineage(model.lineage())
            .build();
    List<ModelSnapshot> snapshots = new ArrayList<>(parts);
    for (int part = 0; part < parts; part++) {
      int start = part * PART_BYTES;
      ByteString data = bytes.substring(start, start + size(part, bytes.size()));
      snapshots.add(whole.toBuilder().setPart(part).setData(data).build());
    }
    return List.copyOf(snapshots);
  }

  /** CRC-32C of the bytes, as the contracts' {@code checksum} fields hold it. */
  public static int checksum(ByteString bytes) {
    CRC32C checksum = new CRC32C();
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      checksum.update(buffer);
    }
    return (int) checksum.getValue();
  }

  /**
   * Records that take a policy's models of an epoch out of the topic: one per part that ever was of
   * a full version or, as large at most, of a change of one; without parts of their own.
   */
  public static List<ModelSnapshot> tombstones(
      String surface, String policy, long epoch, int parts) {
    List<ModelSnapshot> tombstones = new ArrayList<>(2 * parts);
    for (int part = 0; part < parts; part++) {
      ModelSnapshot gone =
          ModelSnapshot.newBuilder()
              .setSurface(surface)
              .setPolicy(policy)
              .setVersion(ModelVersions.first(epoch))
              .setPart(part)
              .build();
      tombstones.add(gone);
      tombstones.add(gone.toBuilder().setBaseVersion(1).build());
    }
    return List.copyOf(tombstones);
  }

  /** True: written to the topic as a tombstone of its key. */
  public static boolean isTombstone(ModelSnapshot part) {
    return part.getParts() == 0;
  }

  /** Parts that so many bytes make. */
  public static int count(long modelBytes) {
    return (int) Math.max(1, (modelBytes + PART_BYTES - 1) / PART_BYTES);
  }

  /** Bytes of one part of a model of so many bytes. */
  static int size(int part, long modelBytes) {
    return (int) Math.min(PART_BYTES, modelBytes - (long) part * PART_BYTES);
  }
}
