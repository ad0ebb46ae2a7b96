package io.waggle.state.view;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * How much memory a view may use outside the Java heap, whatever it holds: blocks, indexes, filters
 * and write buffers are all charged to one cache.
 *
 * @param cacheBytes the whole of it, at least 4 MiB; at the bound blocks leave and are read again
 * @param writeBufferBytes the part that may hold records not yet in files, at most half of it; at
 *     the bound they are written out
 */
public record ViewMemory(long cacheBytes, long writeBufferBytes) {
  private static final long MEBIBYTE = 1L << 20;

  /** 64 MiB, of which 16 MiB for records not yet in files. */
  public static final ViewMemory DEFAULT = new ViewMemory(64 * MEBIBYTE, 16 * MEBIBYTE);

  public ViewMemory {
    if (cacheBytes < 4 * MEBIBYTE) {
      throw new IllegalArgumentException(
          "cacheBytes: " + cacheBytes + " (expected: at least 4194304)");
    }
    if (writeBufferBytes < MEBIBYTE || writeBufferBytes > cacheBytes / 2) {
      throw new IllegalArgumentException(
          "writeBufferBytes: "
              + writeBufferBytes
              + " (expected: 1048576 to half of cacheBytes, "
              + cacheBytes / 2
              + ")");
    }
  }

  Native allocate() {
    Cache cache = new LRUCache(cacheBytes);
    return new Native(
        this, cache, new WriteBufferManager(writeBufferBytes, cache), new BloomFilter(10));
  }

  /** The native objects behind one view's memory. */
  record Native(ViewMemory limits, Cache cache, WriteBufferManager buffers, BloomFilter filter)
      implements AutoCloseable {
    Options options() {
      BlockBasedTableConfig table =
          new BlockBasedTableConfig()
              .setBlockCache(cache)
              .setCacheIndexAndFilterBlocks(true)
              .setPinL0FilterAndIndexBlocksInCache(true)
              .setFilterPolicy(filter);
      return new Options()
          .setCreateIfMissing(true)
          .setTableFormatConfig(table)
          .setWriteBufferManager(buffers)
          .setWriteBufferSize(Math.max(MEBIBYTE, limits.writeBufferBytes() / 2))
          .setCompressionType(CompressionType.LZ4_COMPRESSION)
          // Each open file costs a table reader; more files than this are opened again when read.
          .setMaxOpenFiles(256)
          .setMaxTotalWalSize(4 * limits.writeBufferBytes())
          .setKeepLogFileNum(2)
          .setMaxLogFileSize(MEBIBYTE)
          .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
    }

    @Override
    public void close() {
      buffers.close();
      cache.close();
      filter.close();
    }
  }
}
