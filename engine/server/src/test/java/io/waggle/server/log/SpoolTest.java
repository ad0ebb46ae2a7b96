package io.waggle.server.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The spool's files, also as a crash leaves them. */
class SpoolTest {
  private static final long SEGMENT_BYTES = 400;

  @TempDir Path directory;

  @Test
  void recordsComeInTheOrderTheyWereAppended() throws Exception {
    try (Spool spool = open()) {
      spool.append(List.of(record(0), record(1)));
      spool.append(List.of(record(2)));

      assertThat(ids(spool)).containsExactly("d0", "d1", "d2");
      assertThat(spool.next()).isNull();
      spool.append(List.of(record(3)));
      assertThat(ids(spool)).containsExactly("d3");
    }
  }

  @Test
  void whatWasNotSentIsThereForTheNextProcessAndNothingElse() throws Exception {
    try (Spool spool = open()) {
      append(spool, 0, 50);
      List<Spool.Entry> read = read(spool);
      spool.sent(read.get(29));
    }

    try (Spool next = open()) {
      assertThat(next.recordsFound()).isEqualTo(20);
      assertThat(next.oldestFoundMillis()).isEqualTo(record(30).eventTimeMillis());
      assertThat(next.cutBytes()).isZero();
      assertThat(ids(next)).containsExactlyElementsOf(named(30, 50));
    }
  }

  @Test
  void aFileGoesWhenAllOfItWasSent() throws Exception {
    try (Spool spool = open()) {
      append(spool, 0, 100);
      long full = spool.bytes();
      List<Spool.Entry> read = read(spool);
      spool.sent(read.get(49));
      assertThat(spool.bytes()).isLessThan(full * 6 / 10);

      spool.sent(read.get(99));
      assertThat(spool.bytes()).isLessThan(2 * SEGMENT_BYTES);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void aSecondProcessIsRefused() throws Exception {
    try (Spool first = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("(expected: one that no other service uses)");

      first.append(List.of(record(0)));
      assertThat(ids(first)).containsExactly("d0");
    }
  }

  @Test
  void aFileOfAnotherVersionIsRefusedAndLeftAlone() throws Exception {
    Path other = directory.resolve("%020d.spool".formatted(1));
    Files.writeString(other, "WGSPOOL9 and what that version has to say");

    assertThatThrownBy(this::open)
        .hasMessageContaining("not a file of this version's spool (expected: WGSPOOL1)");
    assertThat(other).content().startsWith("WGSPOOL9");
  }

  /**
   * A process that ends at any byte it writes: what was appended before is there, in order, but for
   * the record that was torn; and no more is sent again than what was not noted as sent.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void whateverByteACrashCutsAtTheWholeRecordsBeforeItAreThere(long seed) throws Exception {
    Random random = new Random(seed);
    int records = 1 + random.nextInt(30);
    int sent = random.nextInt(records);
    List<Long> ends = new ArrayList<>();
    try (Spool spool = Spool.open(directory, 1 << 20)) {
      append(spool, 0, records);
      List<Spool.Entry> read = read(spool);
      read.forEach(entry -> ends.add(entry.end()));
      if (sent > 0) {
        spool.sent(read.get(sent - 1));
      }
    }
    Path file = files().get(0);
    long size = Files.size(file);
    // What was sent had been written whole.
    long least = sent == 0 ? 0 : ends.get(sent - 1);
    long cut = least + random.nextLong(size - least + 1);
    truncate(file, cut);

    try (Spool next = Spool.open(directory, 1 << 20)) {
      int whole = (int) ends.stream().filter(end -> end <= cut).count();
      assertThat(ids(next)).as("seed %d", seed).containsExactlyElementsOf(named(sent, whole));
      assertThat(next.recordsFound()).as("seed %d", seed).isEqualTo(whole - sent);
      long left = whole == 0 ? SpoolSegment.HEADER_BYTES : ends.get(whole - 1);
      assertThat(next.cutBytes())
          .as("seed %d", seed)
          .isEqualTo(cut < SpoolSegment.HEADER_BYTES ? cut : cut - left);
      next.append(List.of(record(1_000)));
      assertThat(ids(next)).as("seed %d", seed).containsExactly("d1000");
    }
  }

  /** A disk that gives back other bytes than it got: nothing invented is sent. */
  @ParameterizedTest
  @MethodSource("seeds")
  void aFlippedBitCutsTheFileThere(long seed) throws Exception {
    Random random = new Random(seed);
    try (Spool spool = Spool.open(directory, 1 << 20)) {
      append(spool, 0, 20);
    }
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    int at = 8 + random.nextInt(bytes.length - 8);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);

    try (Spool next = Spool.open(directory, 1 << 20)) {
      List<String> ids = ids(next);
      assertThat(ids).as("seed %d", seed).isEqualTo(named(0, ids.size()));
      assertThat(ids.size() == 20 || next.cutBytes() > 0).as("seed %d", seed).isTrue();
    }
  }

  private static Stream<Long> seeds() {
    return Stream.iterate(1L, seed -> seed + 1).limit(60);
  }

  private Spool open() throws IOException {
    return Spool.open(directory, SEGMENT_BYTES);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".spool")).sorted().toList();
    }
  }

  private static void truncate(Path file, long size) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(size);
    }
  }

  private static void append(Spool spool, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      spool.append(List.of(record(i)));
    }
  }

  private static SpoolRecord record(int i) {
    return new SpoolRecord(
        1_700_000_000_000L + i, ("d" + i).getBytes(UTF_8), "x".repeat(i % 40).getBytes(UTF_8));
  }

  private static List<String> named(int from, int to) {
    return Stream.iterate(from, i -> i < to, i -> i + 1).map(i -> "d" + i).toList();
  }

  private static List<Spool.Entry> read(Spool spool) throws IOException {
    List<Spool.Entry> read = new ArrayList<>();
    for (Spool.Entry entry = spool.next(); entry != null; entry = spool.next()) {
      read.add(entry);
    }
    return read;
  }

  private static List<String> ids(Spool spool) throws IOException {
    return read(spool).stream().map(entry -> new String(entry.record().key(), UTF_8)).toList();
  }
}
