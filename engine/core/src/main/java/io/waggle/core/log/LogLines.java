package io.waggle.core.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file, plain or {@code .gz}, as bytes. Holds one line and one block; a line longer
 * than {@link #LINE_BYTES_MAX} is read to its end and told by its length alone. One thread.
 */
final class LogLines implements AutoCloseable {
  /** Longest line that is kept: more than a decision of 1,000 actions needs. */
  static final int LINE_BYTES_MAX = 16 << 20;

  private static final int BLOCK_BYTES = 64 << 10;

  private final FileProgress file;
  private final InputStream content;
  private final byte[] block = new byte[BLOCK_BYTES];
  private int blockStart;
  private int blockEnd;
  private byte[] line = new byte[BLOCK_BYTES];
  private long number;
  private boolean wasTooLong;

  private LogLines(FileProgress file, InputStream content) {
    this.file = file;
    this.content = content;
  }

  static LogLines open(Path path) throws IOException {
    FileProgress file = FileProgress.open(path);
    return new LogLines(file, file.content(path));
  }

  /**
   * The next line without its end; null at the end of the file.
   *
   * @return the line, or of one that is too long an empty array
   */
  byte @Nullable [] next() throws IOException {
    int length = 0;
    boolean tooLong = false;
    boolean any = false;
    while (true) {
      if (blockStart == blockEnd && !fill()) {
        if (!any) {
          return null;
        }
        break;
      }
      any = true;
      int end = lineEnd();
      int more = end - blockStart;
      tooLong |= more > LINE_BYTES_MAX - length;
      if (!tooLong) {
        keep(length, more);
        length += more;
      }
      blockStart = end;
      if (end < blockEnd) {
        blockStart++;
        break;
      }
    }
    number++;
    wasTooLong = tooLong;
    return Arrays.copyOf(line, tooLong ? 0 : length);
  }

  /** True: the last line was longer than what is kept. */
  boolean wasTooLong() {
    return wasTooLong;
  }

  /** Number of the last line, from 1. */
  long number() {
    return number;
  }

  double progress() {
    return file.share();
  }

  @Override
  public void close() throws IOException {
    content.close();
  }

  private boolean fill() throws IOException {
    blockStart = 0;
    blockEnd = Math.max(0, content.read(block));
    return blockEnd > 0;
  }

  private int lineEnd() {
    int end = blockStart;
    while (end < blockEnd && block[end] != '\n') {
      end++;
    }
    return end;
  }

  private void keep(int length, int more) {
    if (length + more > line.length) {
      line =
          Arrays.copyOf(line, Math.max(length + more, Math.min(2 * line.length, LINE_BYTES_MAX)));
    }
    System.arraycopy(block, blockStart, line, length, more);
  }
}
