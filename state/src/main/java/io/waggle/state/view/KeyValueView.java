package io.waggle.state.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A local copy of one compacted topic in RocksDB: key bytes to value bytes, with the next offset of
 * each partition written in the same batch as the data, so that after a crash the copy goes on
 * exactly where it was. Reads from any thread; one writer.
 *
 * <p>A batch goes to the write-ahead log before {@link #apply} returns, without a disk sync: a
 * killed process loses nothing, a machine that loses power may lose the newest batches but never a
 * part of one, and the offsets then ask the topic for them again.
 *
 * <p>Layout, one column family: {@code 0x00 'v'} layout version, {@code 0x00 's'} source, {@code
 * 0x00 'o' partition(4)} next offset (8, big endian), {@code 0x01 key} value. The data's own prefix
 * makes {@link #reset} one range delete in the same atomic batch as the new source.
 *
 * <p>A view is a copy: one that is damaged or of an unknown layout is emptied when opened, and its
 * owner reads the topic again from the start.
 */
public final class KeyValueView implements AutoCloseable {
  private static final byte META = 0;
  private static final byte DATA = 1;
  private static final byte[] DATA_FIRST = {DATA};
  private static final byte[] DATA_END = {DATA + 1};
  private static final byte[] OFFSETS_FIRST = {META, 'o'};
  private static final byte[] OFFSETS_END = {META, 'o' + 1};
  private static final byte[] SOURCE = {META, 's'};
  private static final byte[] LAYOUT = {META, 'v'};
  private static final byte[] LAYOUT_VERSION = {1};

  private final Path directory;
  private final ViewMemory.Native memory;
  private final Options options;
  private final WriteOptions writeOptions;
  private final RocksDB store;
  // INVARIANT: the native store is touched only under this lock while `open`; close waits for
  // readers.
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private boolean open = true;

  /** A record of the topic; a null value is a tombstone. */
  public record Entry(byte[] key, byte @Nullable [] value) {}

  private KeyValueView(Path directory, ViewMemory.Native memory, Options options, RocksDB store) {
    this.directory = directory;
    this.memory = memory;
    this.options = options;
    this.store = store;
    this.writeOptions = new WriteOptions();
  }

  /** Opens or creates the view with {@link ViewMemory#DEFAULT}; takes the directory's lock. */
  public static KeyValueView open(Path directory) {
    return open(directory, ViewMemory.DEFAULT);
  }

  /**
   * Opens or creates the view; takes the directory's lock.
   *
   * @throws UncheckedIOException when the directory cannot be written or another process (or
   *     another view of this one) holds it
   */
  public static KeyValueView open(Path directory, ViewMemory limits) {
    RocksDB.loadLibrary();
    ViewMemory.Native memory = limits.allocate();
    Options options = memory.options();
    try {
      Files.createDirectories(directory);
      KeyValueView view = new KeyValueView(directory, memory, options, start(options, directory));
      view.checkLayout();
      return view;
    } catch (IOException | RocksDBException | RuntimeException e) {
      options.close();
      memory.close();
      if (e instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new UncheckedIOException(
          new IOException("view " + directory + ": " + e.getMessage(), e));
    }
  }

  private static RocksDB start(Options options, Path directory) throws RocksDBException {
    try {
      return RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      if (!damaged(e)) {
        throw e;
      }
      RocksDB.destroyDB(directory.toString(), options);
      return RocksDB.open(options, directory.toString());
    }
  }

  /** A lock that is held or a full disk must not empty the view; broken files may. */
  private static boolean damaged(RocksDBException e) {
    Status status = e.getStatus();
    if (status != null && status.getCode() == Status.Code.Corruption) {
      return true;
    }
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("corruption") || message.contains("no such file");
  }

  private void checkLayout() throws RocksDBException {
    byte[] layout = store.get(LAYOUT);
    if (layout == null || !Arrays.equals(layout, LAYOUT_VERSION)) {
      reset("");
    }
  }

  /** The value of a key or null. */
  public byte @Nullable [] get(byte[] key) {
    return read(() -> store.get(dataKey(key)));
  }

  /**
   * Applies records of one partition and moves its next offset, atomically.
   *
   * @param nextOffset offset after the newest of the records; never below the one stored
   */
  public void apply(int partition, List<Entry> entries, long nextOffset) {
    long stored = nextOffset(partition);
    if (nextOffset < stored) {
      throw new IllegalArgumentException(
          "nextOffset: " + nextOffset + " (expected: at least " + stored + ")");
    }
    write(
        batch -> {
          for (Entry entry : entries) {
            byte[] key = dataKey(entry.key());
            byte[] value = entry.value();
            if (value == null) {
              batch.delete(key);
            } else {
              batch.put(key, value);
            }
          }
          batch.put(offsetKey(partition), longBytes(nextOffset));
        });
  }

  /** Next offset to read of a partition; 0 when it was never read. */
  public long nextOffset(int partition) {
    byte[] value = read(() -> store.get(offsetKey(partition)));
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }

  /** Identity of the topic the data came from (Kafka's topic id), or empty. */
  public String source() {
    byte[] value = read(() -> store.get(SOURCE));
    return value == null ? "" : new String(value, UTF_8);
  }

  /** Empties the view, forgets its offsets and binds it to another source, atomically. */
  public void reset(String source) {
    write(
        batch -> {
          batch.deleteRange(DATA_FIRST, DATA_END);
          batch.deleteRange(OFFSETS_FIRST, OFFSETS_END);
          batch.put(SOURCE, source.getBytes(UTF_8));
          batch.put(LAYOUT, LAYOUT_VERSION);
        });
  }

  /** True: at least one key begins with that. */
  public boolean hasAny(byte[] prefix) {
    byte[] first = dataKey(prefix);
    return read(
        () -> {
          try (RocksIterator entries = store.newIterator()) {
            entries.seek(first);
            boolean any = entries.isValid() && beginsWith(entries.key(), first);
            entries.status();
            return any;
          }
        });
  }

  /** Visits every entry in key order (unsigned bytes), as of the moment the visit began. */
  public void forEach(BiConsumer<byte[], byte[]> visitor) {
    forEach(new byte[0], visitor);
  }

  /** The same of the entries whose keys begin with something. */
  public void forEach(byte[] prefix, BiConsumer<byte[], byte[]> visitor) {
    byte[] first = dataKey(prefix);
    read(
        () -> {
          try (RocksIterator entries = store.newIterator()) {
            for (entries.seek(first); entries.isValid(); entries.next()) {
              byte[] key = entries.key();
              if (!beginsWith(key, first)) {
                break;
              }
              visitor.accept(Arrays.copyOfRange(key, 1, key.length), entries.value());
            }
            entries.status();
          }
          return store;
        });
  }

  /** About how many entries the view holds; RocksDB's estimate, for metrics only. */
  public long estimatedEntries() {
    Long keys = read(() -> store.getLongProperty("rocksdb.estimate-num-keys"));
    return Objects.requireNonNullElse(keys, 0L);
  }

  /** Waits for readers, then closes the store; repeated calls do nothing. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!open) {
        return;
      }
      open = false;
      store.close();
      writeOptions.close();
      options.close();
      memory.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** A read of the native store. */
  private interface Read<T extends @Nullable Object> {
    T run() throws RocksDBException;
  }

  /** Fills a batch. */
  private interface Fill {
    void into(WriteBatch batch) throws RocksDBException;
  }

  private <T extends @Nullable Object> T read(Read<T> read) {
    lock.readLock().lock();
    try {
      checkOpen();
      return read.run();
    } catch (RocksDBException e) {
      throw failed(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  private void write(Fill fill) {
    lock.readLock().lock();
    try (WriteBatch batch = new WriteBatch()) {
      checkOpen();
      fill.into(batch);
      store.write(writeOptions, batch);
    } catch (RocksDBException e) {
      throw failed(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  private void checkOpen() {
    if (!open) {
      throw new IllegalStateException("view " + directory + " is closed");
    }
  }

  private UncheckedIOException failed(RocksDBException e) {
    return new UncheckedIOException(
        new IOException("view " + directory + ": " + e.getMessage(), e));
  }

  private static boolean beginsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }

  private static byte[] dataKey(byte[] key) {
    byte[] prefixed = new byte[key.length + 1];
    prefixed[0] = DATA;
    System.arraycopy(key, 0, prefixed, 1, key.length);
    return prefixed;
  }

  private static byte[] offsetKey(int partition) {
    return ByteBuffer.allocate(6).put(OFFSETS_FIRST).putInt(partition).array();
  }

  private static byte[] longBytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
