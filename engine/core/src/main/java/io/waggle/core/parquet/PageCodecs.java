package io.waggle.core.parquet;

import io.airlift.compress.Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.format.CompressionCodec;

/**
 * Decompresses pages: Zstandard, which we write, and what other tools write when they copy a log.
 * Pure; any thread.
 */
final class PageCodecs {
  private PageCodecs() {}

  /**
   * The bytes as they were.
   *
   * @param size how many there are then
   * @throws IOException when they are not what the codec writes, or not so many
   */
  static byte[] decompress(CompressionCodec codec, byte[] compressed, int size) throws IOException {
    byte[] bytes =
        switch (codec) {
          case UNCOMPRESSED -> compressed;
          case ZSTD -> decompress(new ZstdDecompressor(), compressed, size);
          case SNAPPY -> decompress(new SnappyDecompressor(), compressed, size);
          case GZIP -> gunzip(compressed, size);
          default ->
              throw new IOException(
                  "codec: " + codec + " (expected: UNCOMPRESSED, ZSTD, SNAPPY or GZIP)");
        };
    if (bytes.length != size) {
      throw new IOException("page: another size than its header says");
    }
    return bytes;
  }

  private static byte[] decompress(Decompressor codec, byte[] compressed, int size)
      throws IOException {
    byte[] bytes = new byte[size];
    try {
      int written = codec.decompress(compressed, 0, compressed.length, bytes, 0, size);
      if (written != size) {
        throw new IOException("page: another size than its header says");
      }
      return bytes;
    } catch (RuntimeException e) {
      throw new IOException("page: not readable (expected: what its codec writes)", e);
    }
  }

  private static byte[] gunzip(byte[] compressed, int size) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      // One more than expected is enough to know that there are too many.
      return in.readNBytes(size + 1);
    }
  }
}
