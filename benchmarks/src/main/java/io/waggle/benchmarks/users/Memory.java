package io.waggle.benchmarks.users;

import io.waggle.app.report.MetricsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.rocksdb.RocksDBNativeMetricOptions;

/**
 * What this process holds at one moment.
 *
 * @param residentBytes of the whole process
 * @param heapBytes in use
 * @param cacheBytes RocksDB's shared cache, in which its memtables have their part: what the
 *     managed memory bounds
 * @param cacheCapacity that bound
 * @param memtableBytes RocksDB's memtables
 * @param liveFileBytes RocksDB's files, on disk
 * @param keys in RocksDB, timers included, as it estimates
 */
record Memory(
    long residentBytes,
    long heapBytes,
    long cacheBytes,
    long cacheCapacity,
    long memtableBytes,
    long liveFileBytes,
    long keys) {
  /** Every state reports the cache that all states of a subtask share: this one stands for all. */
  private static final String STATE = "session";

  /** Has the job tell what RocksDB holds. */
  static void watch(Configuration configuration) {
    configuration.set(RocksDBNativeMetricOptions.COLUMN_FAMILY_AS_VARIABLE, true);
    configuration.set(RocksDBNativeMetricOptions.BLOCK_CACHE_USAGE, true);
    configuration.set(RocksDBNativeMetricOptions.BLOCK_CACHE_CAPACITY, true);
    configuration.set(RocksDBNativeMetricOptions.MONITOR_CUR_SIZE_ALL_MEM_TABLE, true);
    configuration.set(RocksDBNativeMetricOptions.MONITOR_LIVE_SST_FILES_SIZE, true);
    configuration.set(RocksDBNativeMetricOptions.ESTIMATE_NUM_KEYS, true);
  }

  /** As it is now; the page is that of the job. */
  static Memory now(MetricsPage page) throws IOException {
    Runtime runtime = Runtime.getRuntime();
    return new Memory(
        resident(),
        runtime.totalMemory() - runtime.freeMemory(),
        (long) page.sum("rocksdb_block_cache_usage", "column_family", STATE),
        (long) page.sum("rocksdb_block_cache_capacity", "column_family", STATE),
        (long) page.sum("rocksdb_cur_size_all_mem_tables"),
        (long) page.sum("rocksdb_live_sst_files_size"),
        (long) page.sum("rocksdb_estimate_num_keys"));
  }

  private static long resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
