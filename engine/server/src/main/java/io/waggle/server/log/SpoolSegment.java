package io.waggle.server.log;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file of the spool: records that are appended and, from the front, sent.
 *
 * <pre>
 * file   = "WGSPOOL1" (8 bytes), offset up to which records were sent (8), record*
 * record = length of body (4), CRC-32C of length and body (4), body
 * body   = event time in milliseconds (8), length of key (4), key, value
 * </pre>
 *
 * All numbers big-endian. One record after another and nothing between them, so the first that does
 * not hold is where a crash cut the file. Not synchronised: the {@link Spool} is.
 */
final class SpoolSegment implements AutoCloseable {
  /** Bytes before the first record. */
  static final int HEADER_BYTES = 16;

  /** The most that a body may take: more than the largest that Kafka is sent. */
  static final int MAX_BODY_BYTES = 64 << 20;

  private static final long MAGIC = 0x5747_5350_4F4F_4C31L;
  private static final int SENT_AT = 8;
  private static final int RECORD_HEADER_BYTES = 8;
  private static final int BODY_HEADER_BYTES = 12;

  private final Path file;
  private final FileChannel channel;
  private final long cutBytes;
  private final long recordsFound;
  private final long oldestFoundMillis;
  private long size;
  private long sentTo;

  /**
   * A record and where it ends.
   *
   * @param end offset in the file just after it
   */
  record Read(SpoolRecord record, long end) {}

  /** Makes an empty one. */
  static SpoolSegment create(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    writeFully(channel, header(), 0);
    return new SpoolSegment(file, channel, new Scan(HEADER_BYTES, HEADER_BYTES, 0, 0), 0);
  }

  /**
   * Opens one that another process left. What follows its last whole record is cut off.
   *
   * @throws IOException also when the file is not of this version: it is left as it is
   */
  static SpoolSegment recover(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      long found = channel.size();
      if (!hasHeader(file, channel)) {
        channel.truncate(0);
        writeFully(channel, header(), 0);
        return new SpoolSegment(file, channel, new Scan(HEADER_BYTES, HEADER_BYTES, 0, 0), found);
      }
      Scan scan = Scan.of(channel);
      channel.truncate(scan.end());
      return new SpoolSegment(file, channel, scan, found - scan.end());
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private SpoolSegment(Path file, FileChannel channel, Scan scan, long cutBytes) {
    this.file = file;
    this.channel = channel;
    this.size = scan.end();
    this.sentTo = scan.sentTo();
    this.recordsFound = scan.records();
    this.oldestFoundMillis = scan.oldestMillis();
    this.cutBytes = cutBytes;
  }

  /**
   * What a file holds.
   *
   * @param end after its last whole record
   * @param sentTo up to where its records were sent
   * @param records whole ones after that
   * @param oldestMillis event time of the first of these; 0: none
   */
  private record Scan(long end, long sentTo, long records, long oldestMillis) {
    static Scan of(FileChannel channel) throws IOException {
      ByteBuffer sent = ByteBuffer.allocate(Long.BYTES);
      readFully(channel, sent, SENT_AT);
      long claimed = sent.getLong();
      // An offset that is no record's end was torn itself: then everything is sent again.
      long sentTo = HEADER_BYTES;
      long records = 0;
      long oldest = 0;
      long end = HEADER_BYTES;
      for (Read read = read(channel, end); read != null; read = read(channel, end)) {
        end = read.end();
        oldest = records == 0 ? read.record().eventTimeMillis() : oldest;
        records++;
        if (end == claimed) {
          sentTo = claimed;
          records = 0;
          oldest = 0;
        }
      }
      return new Scan(end, sentTo, records, oldest);
    }
  }

  private static ByteBuffer header() {
    return ByteBuffer.allocate(HEADER_BYTES).putLong(MAGIC).putLong(HEADER_BYTES).flip();
  }

  /** False: a crash left less than a header, or nothing in its place. */
  private static boolean hasHeader(Path file, FileChannel channel) throws IOException {
    if (channel.size() < HEADER_BYTES) {
      return false;
    }
    ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
    readFully(channel, magic, 0);
    long found = magic.getLong();
    if (found != MAGIC && found != 0) {
      throw new IOException(file + ": not a file of this version's spool (expected: WGSPOOL1)");
    }
    return found == MAGIC;
  }

  /** Appends; when that fails the file is as it was. */
  void append(List<SpoolRecord> records) throws IOException {
    int bytes = 0;
    for (SpoolRecord record : records) {
      bytes += Math.toIntExact(record.fileBytes());
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    records.forEach(record -> put(buffer, record));
    try {
      writeFully(channel, buffer.flip(), size);
    } catch (IOException e) {
      channel.truncate(size);
      throw e;
    }
    size += bytes;
  }

  private static void put(ByteBuffer buffer, SpoolRecord record) {
    int at = buffer.position();
    int body = BODY_HEADER_BYTES + record.key().length + record.value().length;
    buffer
        .putInt(body)
        .putInt(0)
        .putLong(record.eventTimeMillis())
        .putInt(record.key().length)
        .put(record.key())
        .put(record.value());
    ByteBuffer written = buffer.duplicate().position(at + RECORD_HEADER_BYTES);
    written.limit(buffer.position());
    buffer.putInt(at + Integer.BYTES, checksum(body, written));
  }

  /** What a record takes in a file. */
  static long fileBytes(int keyBytes, int valueBytes) {
    return (long) RECORD_HEADER_BYTES + BODY_HEADER_BYTES + keyBytes + valueBytes;
  }

  /**
   * The record that begins there.
   *
   * @throws IOException also when it does not hold any more: the disk lost it
   */
  Read read(long offset) throws IOException {
    Read read = read(channel, offset);
    if (read == null) {
      throw new IOException("%s: no whole record at %d of %d".formatted(file, offset, size));
    }
    return read;
  }

  /** Null: none that is whole. */
  private static @Nullable Read read(FileChannel channel, long offset) throws IOException {
    if (channel.size() - offset < RECORD_HEADER_BYTES + BODY_HEADER_BYTES) {
      return null;
    }
    ByteBuffer header = ByteBuffer.allocate(RECORD_HEADER_BYTES);
    readFully(channel, header, offset);
    int length = header.getInt();
    int checksum = header.getInt();
    if (length < BODY_HEADER_BYTES
        || length > MAX_BODY_BYTES
        || channel.size() - offset - RECORD_HEADER_BYTES < length) {
      return null;
    }
    ByteBuffer body = ByteBuffer.allocate(length);
    readFully(channel, body, offset + RECORD_HEADER_BYTES);
    if (checksum(length, body.duplicate()) != checksum) {
      return null;
    }
    long eventTimeMillis = body.getLong();
    int keyBytes = body.getInt();
    if (keyBytes < 0 || keyBytes > body.remaining()) {
      return null;
    }
    byte[] key = new byte[keyBytes];
    body.get(key);
    byte[] value = new byte[body.remaining()];
    body.get(value);
    return new Read(
        new SpoolRecord(eventTimeMillis, key, value), offset + RECORD_HEADER_BYTES + length);
  }

  private static int checksum(int length, ByteBuffer body) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
    crc.update(body);
    return (int) crc.getValue();
  }

  /** Notes that everything up to there was sent: no later process sends it again. */
  void sentTo(long offset) throws IOException {
    writeFully(channel, ByteBuffer.allocate(Long.BYTES).putLong(offset).flip(), SENT_AT);
    sentTo = offset;
  }

  /** Up to where its records were sent. */
  long sentTo() {
    return sentTo;
  }

  /** Bytes of the file. */
  long size() {
    return size;
  }

  boolean isSent() {
    return sentTo == size;
  }

  /** Records that another process left unsent. */
  long recordsFound() {
    return recordsFound;
  }

  /** Event time of the first of these, milliseconds since 1970 UTC; 0: none. */
  long oldestFoundMillis() {
    return oldestFoundMillis;
  }

  /** Bytes cut off when it was opened. */
  long cutBytes() {
    return cutBytes;
  }

  /** Waits until the disk has it. */
  void force() throws IOException {
    channel.force(false);
  }

  void delete() throws IOException {
    channel.close();
    Files.delete(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer, long offset)
      throws IOException {
    long at = offset;
    while (buffer.hasRemaining()) {
      at += channel.write(buffer, at);
    }
  }

  private static void readFully(FileChannel channel, ByteBuffer buffer, long offset)
      throws IOException {
    long at = offset;
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, at);
      if (read < 0) {
        throw new EOFException("the file ends at " + at);
      }
      at += read;
    }
    buffer.flip();
  }
}
