package io.waggle.core.log;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** The bytes of a file, and the share of them that has been read. One thread. */
public final class FileProgress extends FilterInputStream {
  private static final int GZIP_BUFFER_BYTES = 64 << 10;

  private final long size;
  private long read;
  private boolean atEnd;

  private FileProgress(InputStream bytes, long size) {
    super(bytes);
    this.size = size;
  }

  /**
   * Opens a file.
   *
   * @throws IOException when it cannot be read
   */
  public static FileProgress open(Path file) throws IOException {
    return new FileProgress(Files.newInputStream(file), Files.size(file));
  }

  /**
   * What the bytes hold: unpacked where the file's name ends with {@code .gz}.
   *
   * @throws IOException when they are no gzip; then the file is closed
   */
  public InputStream content(Path file) throws IOException {
    if (!file.toString().endsWith(".gz")) {
      return this;
    }
    try {
      return new GZIPInputStream(this, GZIP_BUFFER_BYTES);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Share read, in [0, 1]; of what has no size, a pipe, 0 until its end. */
  public double share() {
    return atEnd ? 1 : size == 0 ? 0 : Math.min(1, (double) read / size);
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    count(one < 0 ? -1 : 1);
    return one;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    count(count);
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    read += skipped;
    return skipped;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(int bytes) {
    if (bytes < 0) {
      atEnd = true;
    } else {
      read += bytes;
    }
  }
}
