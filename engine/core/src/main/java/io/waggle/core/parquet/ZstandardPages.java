package io.waggle.core.parquet;

import io.airlift.compress.zstd.ZstdCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses the pages that are written, by Zstandard in Java: no native library to unpack, and no
 * Hadoop, which Parquet's own factory needs. One thread.
 */
final class ZstandardPages
    implements CompressionCodecFactory, CompressionCodecFactory.BytesInputCompressor {
  private final ZstdCompressor compressor = new ZstdCompressor();

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    if (name != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("codec: " + name + " (expected: ZSTD)");
    }
    return this;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    throw new UnsupportedOperationException("a writer does not read");
  }

  @Override
  public CompressionCodecName getCodecName() {
    return CompressionCodecName.ZSTD;
  }

  @Override
  public BytesInput compress(BytesInput bytes) throws IOException {
    ByteArrayOutputStream gathered = new ByteArrayOutputStream(Math.toIntExact(bytes.size()));
    bytes.writeAllTo(gathered);
    byte[] page = gathered.toByteArray();
    byte[] compressed = new byte[compressor.maxCompressedLength(page.length)];
    int length = compressor.compress(page, 0, page.length, compressed, 0, compressed.length);
    return BytesInput.from(Arrays.copyOf(compressed, length));
  }

  @Override
  public void release() {}
}
