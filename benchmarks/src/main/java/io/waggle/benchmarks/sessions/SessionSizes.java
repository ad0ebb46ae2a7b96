package io.waggle.benchmarks.sessions;

import io.waggle.benchmarks.loop.Visitors;
import io.waggle.state.session.SessionFold;
import io.waggle.state.session.SessionSettings;
import io.waggle.v1.Session;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values as large as the sessions of a user after so many interactions, made of several sessions'
 * bytes so that they compress about as well: what the least job keeps, so that both move as many
 * bytes. A value holds its count in front. Immutable.
 */
final class SessionSizes implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Every list of a session is at its bound before that. */
  private static final int MOST = 400;

  /** Different contents, by user. */
  private static final int SAMPLES = 256;

  private final byte[][] samples;
  private final int[] bytes;

  private SessionSizes(byte[][] samples, int[] bytes) {
    this.samples = samples;
    this.bytes = bytes;
  }

  /** Of users who only ever come back within the gap. */
  static SessionSizes folded(SessionSettings settings) {
    SessionFold fold = new SessionFold(settings);
    byte[][] samples = new byte[SAMPLES][];
    int[] bytes = new int[MOST];
    for (int i = 0; i < SAMPLES; i++) {
      Visitors visitors = new Visitors("any", 1, 1, i, 1_700_000_000_000L);
      Session session = fold.fold(null, visitors.next()).session();
      bytes[0] = session.getSerializedSize();
      for (int count = 1; count < MOST; count++) {
        session = fold.fold(session, visitors.next()).session();
        bytes[count] = session.getSerializedSize();
      }
      samples[i] = session.toByteArray();
    }
    return new SessionSizes(samples, bytes);
  }

  /** The value after one more interaction; {@code before} is null for the first. */
  byte[] next(String userId, byte @Nullable [] before) {
    int count = before == null ? 1 : ByteBuffer.wrap(before).getInt() + 1;
    byte[] sample = samples[Math.floorMod(userId.hashCode(), SAMPLES)];
    byte[] after = Arrays.copyOf(sample, bytes(count));
    ByteBuffer.wrap(after).putInt(count);
    return after;
  }

  /** Bytes of a value after so many interactions, at least 1. */
  int bytes(int count) {
    return bytes[Math.min(count, bytes.length) - 1];
  }
}
