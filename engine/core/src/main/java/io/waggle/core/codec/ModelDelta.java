package io.waggle.core.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What changed between two versions of one learner's model, as bytes: the rows that are not the
 * same, and everything in front of the rows of the newer version. Worth it where few weights have
 * moved: a row costs its numbers and one to five bytes for its index.
 *
 * <p>Layout, little endian: {@code u8} 1 (the layout), {@code u32} CRC-32C of the base, {@code u32}
 * CRC-32C of the newer version, {@code u32} length and bytes of what stands in front of its rows,
 * {@code u32} number of rows; for each row the distance to the index before it as a varint (7 bits
 * a byte, the lowest first), then its numbers; a row of zeros: it is gone. Pure; any thread.
 */
public final class ModelDelta {
  private static final byte LAYOUT = 1;

  /** A base, read once for several changes. Not changed once made; any thread. */
  public static final class Base {
    private final int checksum;
    private final VowpalWabbitModel model;

    /**
     * Reads a base.
     *
     * @throws ModelFormatException when it is no model that the codec knows
     */
    public Base(byte[] bytes) {
      this.checksum = checksum(bytes);
      this.model = VowpalWabbitModel.parse(bytes);
    }

    /**
     * The change from the base to a newer version.
     *
     * @throws ModelFormatException when the newer version is no model that the codec knows
     * @throws IllegalArgumentException when it has other columns: another learner's
     */
    public byte[] changeTo(byte[] newer) {
      VowpalWabbitModel next = VowpalWabbitModel.parse(newer);
      WeightTable before = model.weights();
      WeightTable after = next.weights();
      if (before.columns() != after.columns()) {
        throw new IllegalArgumentException(
            "columns: %d (expected: %d as in the base)"
                .formatted(after.columns(), before.columns()));
      }
      int rows = changedRows(before, after, null);
      int rowBytes = after.columns() * Float.BYTES;
      int front = newer.length - after.size() * WeightTable.rowBytes(after.columns());
      ByteBuffer out =
          ByteBuffer.allocate(
                  Math.addExact(
                      1 + 4 * Integer.BYTES + front,
                      Math.multiplyExact(rows, rowBytes + Varint.MOST_BYTES)))
              .order(ByteOrder.LITTLE_ENDIAN);
      out.put(LAYOUT).putInt(checksum).putInt(checksum(newer));
      out.putInt(front).put(newer, 0, front).putInt(rows);
      changedRows(before, after, out);
      return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * The newer version's bytes.
     *
     * @throws ModelFormatException when the change is damaged or of another base
     */
    public byte[] apply(byte[] change) {
      ModelReader in = new ModelReader(change);
      int layout = in.unsignedByte("layout");
      if (layout != LAYOUT) {
        throw in.broken("layout", layout, Integer.toString(LAYOUT));
      }
      if (in.word("base_checksum") != checksum) {
        throw in.broken("base_checksum", "of another model", "of the base");
      }
      int expected = in.word("checksum");
      VowpalWabbitModel front = VowpalWabbitModel.parse(in.block("front"));
      WeightTable rows = readRows(in, front.header().bits());
      byte[] newer =
          new VowpalWabbitModel(
                  front.header(), front.counters(), front.learner(), model.weights().replaced(rows))
              .bytes();
      if (checksum(newer) != expected) {
        throw new ModelFormatException(
            "checksum", 1 + Integer.BYTES, "another model", "the newer version");
      }
      return newer;
    }

    private WeightTable readRows(ModelReader in, int bits) {
      int columnCount = model.weights().columns();
      int rows = in.word("rows");
      // Every row has its numbers and at least one byte of index.
      int most = in.remaining() / (1 + columnCount * Float.BYTES);
      if (rows < 0 || rows > most) {
        throw in.broken("rows", Integer.toUnsignedString(rows), "at most " + most);
      }
      int[] indices = new int[rows];
      float[][] columns = new float[columnCount][rows];
      long index = -1;
      for (int row = 0; row < rows; row++) {
        index += 1 + in.varint("index");
        if (index >= 1L << bits) {
          throw in.broken("index", index, "below " + (1L << bits));
        }
        indices[row] = (int) index;
        for (float[] column : columns) {
          column[row] = in.finiteFloat("weight");
        }
      }
      if (in.remaining() > 0) {
        in.unsignedByte("end");
        throw in.broken("end", "more bytes", "the end");
      }
      return new WeightTable(indices, columns);
    }
  }

  private ModelDelta() {}

  /** How many rows differ; they are written where there is somewhere to write to. */
  private static int changedRows(WeightTable before, WeightTable after, @Nullable ByteBuffer out) {
    int changed = 0;
    int last = -1;
    int b = 0;
    int a = 0;
    while (b < before.size() || a < after.size()) {
      int indexBefore = b < before.size() ? before.index(b) : Integer.MAX_VALUE;
      int indexAfter = a < after.size() ? after.index(a) : Integer.MAX_VALUE;
      int index = Math.min(indexBefore, indexAfter);
      if (indexBefore != indexAfter || !before.rowEquals(b, after, a)) {
        changed++;
        if (out != null) {
          Varint.write(index - last - 1, out);
          last = index;
          for (int column = 0; column < after.columns(); column++) {
            out.putFloat(index == indexAfter ? after.value(a, column) : 0);
          }
        }
      }
      b += indexBefore == index ? 1 : 0;
      a += indexAfter == index ? 1 : 0;
    }
    return changed;
  }

  private static int checksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }
}
