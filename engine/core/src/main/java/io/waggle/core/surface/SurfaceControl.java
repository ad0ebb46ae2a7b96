package io.waggle.core.surface;

import com.google.protobuf.CodedOutputStream;
import io.waggle.v1.Control;
import io.waggle.v1.SurfaceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A surface's file and the control record that changes it while all runs. Policies, live policy,
 * traffic and exploration floor are the record's, everything else is the file's. A record counts
 * only while the file is the one that it was based on: a file edited since then wins. Jobs and
 * service use this one class, so they agree. Pure.
 */
public final class SurfaceControl {
  private SurfaceControl() {}

  /**
   * Names what a file says: the first 8 bytes of the SHA-256 of the configuration. Comments, order
   * of keys and fields set to nothing make no difference.
   */
  public static long fingerprint(SurfaceConfig config) {
    byte[] bytes = new byte[config.getSerializedSize()];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.useDeterministicSerialization();
      config.writeTo(out);
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes)).getLong();
    } catch (IOException e) {
      throw new UncheckedIOException("the array has the message's own size", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** True: the record is about this surface and was based on this file. */
  public static boolean counts(Surface file, Control control) {
    return control.hasSurface()
        && control.getSurface().getName().equals(file.name())
        && control.getFileFingerprint() == fingerprint(file.config());
  }

  /**
   * The surface as file and record together say.
   *
   * @param control one that {@link #counts}
   * @throws IllegalArgumentException as {@code name: value (expected: ...)}, one line per broken
   *     rule
   */
  public static Surface effective(Surface file, Control control) {
    if (!counts(file, control)) {
      throw new IllegalArgumentException(
          "file_fingerprint: %016x (expected: %016x, that of the file of surface %s)"
              .formatted(control.getFileFingerprint(), fingerprint(file.config()), file.name()));
    }
    SurfaceConfig said = control.getSurface();
    SurfaceConfig.Builder config =
        file.config().toBuilder()
            .clearPolicies()
            .addAllPolicies(said.getPoliciesList())
            .setLivePolicy(said.getLivePolicy())
            .clearTraffic()
            .addAllTraffic(said.getTrafficList())
            .clearExplorationFloor();
    if (said.hasExplorationFloor()) {
      config.setExplorationFloor(said.getExplorationFloor());
    }
    return Surface.of(config.build());
  }
}
