package io.waggle.state.feature;

import com.google.protobuf.ByteString;
import io.waggle.v1.DistinctState;
import java.util.Collections;
import java.util.List;

/**
 * Counts distinct texts: exactly to 32, beyond that by HyperLogLog with 512 registers (Flajolet et
 * al. 2007) and the estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches", 2017, algorithm 6, which needs no table and has no bias where sets are small. Standard
 * error 1.04 / sqrt(512) = 4.6 %.
 *
 * <p>The state is a function of the set of texts, so neither the order of arrival nor repeats
 * matter, and a replay gives the same bits. Pure; any thread.
 */
public final class DistinctSketch {
  /** So many are told apart exactly. */
  public static final int MAX_HASHES = 32;

  /** Registers, one byte each. */
  public static final int REGISTERS = 1 << 9;

  private static final int INDEX_BITS = 9;

  /** The largest value a register can have: no bit set among those that do not index. */
  private static final int LARGEST = Long.SIZE - INDEX_BITS + 1;

  private static final double ALPHA = 1 / (2 * StrictMath.log(2));

  private DistinctSketch() {}

  /** How many; a whole number to 32. */
  public static double estimate(DistinctState state) {
    if (state.getRegisters().isEmpty()) {
      return state.getHashesCount();
    }
    int[] counts = new int[LARGEST + 1];
    for (int i = 0; i < REGISTERS; i++) {
      counts[state.getRegisters().byteAt(i)]++;
    }
    double z = REGISTERS * tau(1 - counts[LARGEST] / (double) REGISTERS);
    for (int value = LARGEST - 1; value >= 1; value--) {
      z = 0.5 * (z + counts[value]);
    }
    z += REGISTERS * sigma(counts[0] / (double) REGISTERS);
    return ALPHA * REGISTERS * REGISTERS / z;
  }

  /** One more text; the same state where it changes nothing. */
  static DistinctState with(DistinctState state, long hash) {
    if (!state.getRegisters().isEmpty()) {
      return withRegister(state, hash);
    }
    List<Long> hashes = state.getHashesList();
    int index = Collections.binarySearch(hashes, hash);
    if (index >= 0) {
      return state;
    }
    if (hashes.size() < MAX_HASHES) {
      DistinctState.Builder more = DistinctState.newBuilder();
      more.addAllHashes(hashes.subList(0, -index - 1));
      more.addHashes(hash);
      more.addAllHashes(hashes.subList(-index - 1, hashes.size()));
      return more.build();
    }
    byte[] registers = new byte[REGISTERS];
    for (long known : hashes) {
      raise(registers, known);
    }
    raise(registers, hash);
    return DistinctState.newBuilder().setRegisters(ByteString.copyFrom(registers)).build();
  }

  private static DistinctState withRegister(DistinctState state, long hash) {
    if (state.getRegisters().byteAt(register(hash)) >= value(hash)) {
      return state;
    }
    byte[] registers = state.getRegisters().toByteArray();
    raise(registers, hash);
    return DistinctState.newBuilder().setRegisters(ByteString.copyFrom(registers)).build();
  }

  private static void raise(byte[] registers, long hash) {
    int register = register(hash);
    registers[register] = (byte) Math.max(registers[register], value(hash));
  }

  private static int register(long hash) {
    return (int) (hash >>> (Long.SIZE - INDEX_BITS));
  }

  /** Place of the first set bit after those that index; from 1. */
  private static int value(long hash) {
    long rest = (hash << INDEX_BITS) | (1L << (INDEX_BITS - 1));
    return Long.numberOfLeadingZeros(rest) + 1;
  }

  private static double sigma(double share) {
    if (share == 1) {
      return Double.POSITIVE_INFINITY;
    }
    double x = share;
    double y = 1;
    double z = share;
    double before;
    do {
      x *= x;
      before = z;
      z += x * y;
      y += y;
    } while (z != before);
    return z;
  }

  private static double tau(double share) {
    if (share == 0 || share == 1) {
      return 0;
    }
    double x = share;
    double y = 1;
    double z = 1 - share;
    double before;
    do {
      x = Math.sqrt(x);
      before = z;
      y *= 0.5;
      z -= (1 - x) * (1 - x) * y;
    } while (z != before);
    return z / 3;
  }
}
