package io.waggle.server.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records in files, in the order they were appended, until they were sent. Each file is dropped
 * when all of its records were. A process that is killed loses nothing that {@link #append}
 * returned from: the system has it. When the machine itself goes down, the records of the file that
 * was written last may be lost, for as long as the system had not written them: files are forced to
 * the disk when they are full and when the spool is closed, not at each record. What a crash left
 * of a record is cut off at the next start.
 *
 * <p>One thread appends, one reads; each waits for the other no longer than a write or a read
 * takes.
 */
final class Spool implements AutoCloseable {
  private static final String SUFFIX = ".spool";

  private final Path directory;
  private final long segmentBytes;
  private final FileChannel lock;
  // The last is written to; the first has the oldest record that was not sent.
  private final Deque<SpoolSegment> segments = new ArrayDeque<>();
  private final Semaphore appended = new Semaphore(0);
  private final long recordsFound;
  private final long oldestFoundMillis;
  private final long cutBytes;
  private volatile long bytes;
  private long lastNumber;
  private @Nullable SpoolSegment reading;
  private long readTo;

  /** A record read, and up to where its file was sent once it has been. */
  record Entry(SpoolRecord record, SpoolSegment segment, long end) {}

  /**
   * Opens the directory, which is made where needed.
   *
   * @param segmentBytes a file of that size gets no more records
   * @throws IOException when another process has it, or it cannot be read and written
   */
  static Spool open(Path directory, long segmentBytes) throws IOException {
    Files.createDirectories(directory);
    FileChannel lock =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!locked(lock)) {
        throw new IOException(
            "spoolDirectory: %s (expected: one that no other service uses)"
                .formatted(directory.toAbsolutePath()));
      }
      return new Spool(directory, segmentBytes, lock);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private Spool(Path directory, long segmentBytes, FileChannel lock) throws IOException {
    this.directory = directory;
    this.segmentBytes = segmentBytes;
    this.lock = lock;
    long found = 0;
    long cut = 0;
    long oldest = 0;
    try {
      for (Path file : files()) {
        SpoolSegment segment = SpoolSegment.recover(file);
        segments.addLast(segment);
        lastNumber = number(file);
        oldest = found == 0 ? segment.oldestFoundMillis() : oldest;
        found += segment.recordsFound();
        cut += segment.cutBytes();
      }
      // Nothing is appended to what another process wrote.
      addSegment();
    } catch (IOException | RuntimeException e) {
      for (SpoolSegment segment : segments) {
        segment.close();
      }
      throw e;
    }
    recordsFound = found;
    oldestFoundMillis = oldest;
    cutBytes = cut;
    dropSent();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().matches("\\d{20}\\.spool"))
          .sorted()
          .toList();
    }
  }

  private static long number(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  private void addSegment() throws IOException {
    long next = lastNumber + 1;
    segments.addLast(SpoolSegment.create(directory.resolve("%020d%s".formatted(next, SUFFIX))));
    lastNumber = next;
  }

  /** Appends, all or nothing; when this returns a kill of the process loses none of them. */
  synchronized void append(List<SpoolRecord> records) throws IOException {
    if (segments.getLast().size() >= segmentBytes) {
      segments.getLast().force();
      addSegment();
      dropSent();
    }
    segments.getLast().append(records);
    count();
    if (appended.availablePermits() == 0) {
      appended.release();
    }
  }

  /** Returns when something may have been appended since the last call, or the time is over. */
  void awaitAppended(long millis) throws InterruptedException {
    var unused = appended.tryAcquire(millis, TimeUnit.MILLISECONDS);
  }

  /** The next record that was not read yet; null: none is there. */
  synchronized @Nullable Entry next() throws IOException {
    if (!advance()) {
      return null;
    }
    SpoolSegment segment = Objects.requireNonNull(reading);
    SpoolSegment.Read read = segment.read(readTo);
    readTo = read.end();
    return new Entry(read.record(), segment, read.end());
  }

  /** Goes to the next file that has something to read; false: none has. */
  private boolean advance() {
    if (reading == null) {
      reading = segments.getFirst();
      readTo = reading.sentTo();
    }
    boolean passed = false;
    for (SpoolSegment segment : segments) {
      if (passed) {
        reading = segment;
        readTo = segment.sentTo();
      }
      passed |= segment == reading;
      if (passed && readTo < segment.size()) {
        return true;
      }
    }
    return false;
  }

  /** That entry and all before it were sent, or are given up. */
  synchronized void sent(Entry entry) throws IOException {
    for (SpoolSegment segment : segments) {
      if (segment == entry.segment()) {
        segment.sentTo(entry.end());
        break;
      }
      segment.sentTo(segment.size());
    }
    dropSent();
  }

  /** Files that are sent go, but the one that is written to, and but the one being read. */
  private void dropSent() throws IOException {
    // Else one that is full and sent would stay until the next append, for which there is no room.
    if (segments.getLast().isSent() && segments.getLast().size() >= segmentBytes) {
      addSegment();
    }
    while (segments.size() > 1 && segments.getFirst().isSent()) {
      SpoolSegment first = segments.removeFirst();
      if (first == reading) {
        reading = null;
      }
      first.delete();
    }
    count();
  }

  private void count() {
    long sum = 0;
    for (SpoolSegment segment : segments) {
      sum += segment.size();
    }
    bytes = sum;
  }

  /** What the files take, what was sent of them included. Any thread. */
  long bytes() {
    return bytes;
  }

  /** Records that another process left unsent. */
  long recordsFound() {
    return recordsFound;
  }

  /** Event time of the first of these, milliseconds since 1970 UTC; 0: none. */
  long oldestFoundMillis() {
    return oldestFoundMillis;
  }

  /** Bytes of torn records that were cut off. */
  long cutBytes() {
    return cutBytes;
  }

  /** What was not sent stays for the next process. */
  @Override
  public synchronized void close() throws IOException {
    try {
      for (SpoolSegment segment : segments) {
        if (segment.isSent()) {
          segment.delete();
        } else {
          segment.force();
          segment.close();
        }
      }
      segments.clear();
    } finally {
      lock.close();
    }
  }
}
