package io.waggle.core.model;

import io.waggle.core.model.PopularityTable.Sums;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A popularity table as bytes. Big-endian: magic {@code WGPO}, format (1 byte), half-life (8 bytes,
 * milliseconds), the sums of all actions, the number of actions (4 bytes), each action's id
 * (modified UTF-8 after its length in 2 bytes) and sums, by id; then CRC-32C of all before (4
 * bytes). Sums: time (8 bytes, milliseconds since 1970 UTC), weight, squared weight, weighted
 * reward (8 bytes each). The same table gives the same bytes. Pure.
 */
final class PopularityBytes {
  private static final int MAGIC = 0x5747504f;
  private static final int FORMAT = 1;
  private static final int CHECKSUM_BYTES = 4;

  private PopularityBytes() {}

  static byte[] write(PopularityTable table) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeByte(FORMAT);
      out.writeLong(table.halfLifeMillis());
      write(out, table.all());
      Map<String, Sums> actions = table.actions();
      out.writeInt(actions.size());
      for (Map.Entry<String, Sums> action : actions.entrySet()) {
        out.writeUTF(action.getKey());
        write(out, action.getValue());
      }
      out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException as {@code model: ... (expected: ...)} for truncated, altered
   *     or foreign bytes, or another half-life
   */
  static PopularityTable read(byte[] bytes, long halfLifeMillis) {
    int end = bytes.length - CHECKSUM_BYTES;
    if (end < 5 || ByteBuffer.wrap(bytes).getInt() != MAGIC) {
      throw new IllegalArgumentException(
          "model: " + bytes.length + " bytes (expected: WGPO first)");
    }
    if (ByteBuffer.wrap(bytes).getInt(end) != checksum(bytes, end)) {
      throw new IllegalArgumentException(
          "model: truncated or altered (expected: a checksum that holds)");
    }
    if (bytes[4] != FORMAT) {
      throw new IllegalArgumentException(
          "model: format " + bytes[4] + " (expected: " + FORMAT + ")");
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 5, end - 5))) {
      long saved = in.readLong();
      if (saved != halfLifeMillis) {
        throw new IllegalArgumentException(
            "model: half-life " + saved + " ms (expected: " + halfLifeMillis + " ms)");
      }
      Sums all = sums(in);
      int count = in.readInt();
      Map<String, Sums> actions = new HashMap<>();
      for (int i = 0; i < count; i++) {
        actions.put(in.readUTF(), sums(in));
      }
      return new PopularityTable(halfLifeMillis, actions, all);
    } catch (IOException e) {
      throw new IllegalArgumentException("model: ends early (expected: every action)", e);
    }
  }

  private static void write(DataOutputStream out, Sums sums) throws IOException {
    out.writeLong(sums.timeMillis);
    out.writeDouble(sums.weight);
    out.writeDouble(sums.weightSquared);
    out.writeDouble(sums.reward);
  }

  private static Sums sums(DataInputStream in) throws IOException {
    return new Sums(in.readLong(), in.readDouble(), in.readDouble(), in.readDouble());
  }

  private static int checksum(byte[] bytes, int end) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, end);
    return (int) checksum.getValue();
  }
}
