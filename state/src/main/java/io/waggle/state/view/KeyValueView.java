package io.waggle.state.view;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A local copy of one compacted topic in RocksDB: key bytes to value bytes, with the next offset of
 * each partition written in the same batch as the data, so that after a crash the copy goes on
 * exactly where it was. Reads from any thread; one writer.
 */
public final class KeyValueView implements AutoCloseable {
  /** A record of the topic; a null value is a tombstone. */
  public record Entry(byte[] key, byte @Nullable [] value) {}

  /** Opens or creates the view; takes the directory's lock. */
  public static KeyValueView open(Path directory) {
    throw new UnsupportedOperationException(directory.toString());
  }

  /** The value of a key or null. */
  public byte @Nullable [] get(byte[] key) {
    throw new UnsupportedOperationException();
  }

  /** Applies records of one partition and moves its next offset, atomically. */
  public void apply(int partition, List<Entry> entries, long nextOffset) {
    throw new UnsupportedOperationException();
  }

  /** Next offset to read of a partition; 0 when it was never read. */
  public long nextOffset(int partition) {
    throw new UnsupportedOperationException();
  }

  /** Identity of the topic the data came from (Kafka's topic id), or empty. */
  public String source() {
    throw new UnsupportedOperationException();
  }

  /** Empties the view and binds it to another source. */
  public void reset(String source) {
    throw new UnsupportedOperationException();
  }

  /** Visits every entry in key order. */
  public void forEach(BiConsumer<byte[], byte[]> visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
