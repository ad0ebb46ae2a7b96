package io.waggle.core.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.waggle.core.feature.PackedFeatures;
import io.waggle.core.log.LogCounts;
import io.waggle.core.log.LoggedDecision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetDecisionLogTest {
  private static final long HOUR = 3_600_000;
  private static final long START = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whatIsReadIsWhatWasWritten(long seed) throws IOException {
    List<LoggedDecision> written = decisions(seed, "home", START, 300);
    write(directory.resolve("log.parquet"), written);

    try (ParquetDecisionLog log = open(LogFilter.ALL)) {
      List<LoggedDecision> read = all(log);

      assertThat(log.counts().bad()).isEmpty();
      assertThat(log.counts().records()).isEqualTo(300);
      assertThat(read).isEqualTo(written);
      assertThat(log.progress()).isEqualTo(1);
    }
  }

  @Test
  void packedFeaturesAreWrittenAsFeatures() throws IOException {
    List<LoggedDecision> written = decisions(1, "home", START, 20);
    write(
        directory.resolve("log.parquet"),
        written.stream()
            .map(
                each ->
                    new LoggedDecision(PackedFeatures.pack(each.joined()), each.keptProbability()))
            .toList());

    assertThat(read(LogFilter.ALL)).isEqualTo(written);
  }

  @Test
  void anEmptyLogHasNoDecisions() throws IOException {
    write(directory.resolve("log.parquet"), List.of());

    try (ParquetDecisionLog log = open(LogFilter.ALL)) {
      assertThat(log.next()).isNull();
      assertThat(log.progress()).isEqualTo(1);
    }
  }

  @Test
  void partitionsComeByHourAndFilesByTime() throws IOException {
    List<LoggedDecision> first = decisions(1, "b", START, 10);
    List<LoggedDecision> second = decisions(2, "a", START + HOUR, 10);
    List<LoggedDecision> third = decisions(3, "a", START + HOUR + 10, 10);
    List<LoggedDecision> fourth = decisions(4, "b", START + HOUR, 10);
    write(partition("b", START + HOUR).resolve("0.parquet"), fourth);
    write(partition("a", START + HOUR).resolve("1.parquet"), third);
    write(partition("a", START + HOUR).resolve("2.parquet"), second);
    write(partition("b", START).resolve("9.parquet"), first);

    assertThat(read(LogFilter.ALL)).containsExactlyElementsOf(concat(first, second, third, fourth));
  }

  @Test
  void onlyWhatTheFilterWantsIsRead() throws IOException {
    List<LoggedDecision> before = decisions(1, "a", START, 10);
    List<LoggedDecision> wanted = decisions(2, "a", START + HOUR, 10);
    write(partition("a", START).resolve("0.parquet"), before);
    write(partition("a", START + HOUR).resolve("0.parquet"), wanted);
    write(partition("b", START + HOUR).resolve("0.parquet"), decisions(3, "b", START + HOUR, 10));

    assertThat(
            read(
                new LogFilter(
                    "a",
                    Instant.ofEpochMilli(START + HOUR + 3),
                    Instant.ofEpochMilli(START + HOUR + 7))))
        .isEqualTo(wanted.subList(3, 7));
    assertThat(read(new LogFilter("a", null, Instant.ofEpochMilli(START + HOUR))))
        .isEqualTo(before);
    assertThat(read(new LogFilter("c", null, null))).isEmpty();
  }

  /** Two learning jobs log into one directory by mistake; one of them began later. */
  @Test
  void whatTwoJobsWroteIntoOneDirectoryIsReadOnceAndTold() throws IOException {
    List<LoggedDecision> all = decisions(1, "a", START, 40);
    write(partition("a", START).resolve("decisions-1-0.parquet"), all.subList(0, 25));
    write(partition("a", START).resolve("decisions-1-1.parquet"), all.subList(25, 40));
    write(partition("a", START).resolve("decisions-2-0.parquet"), all.subList(10, 30));

    try (ParquetDecisionLog log = open(LogFilter.ALL)) {
      assertThat(all(log)).containsExactlyInAnyOrderElementsOf(all);

      assertThat(log.counts().records()).isEqualTo(60);
      assertThat(log.counts().decisions()).isEqualTo(40);
      assertThat(log.counts().passedOver()).containsExactly(entry(ParquetDecisionLog.TWICE, 20L));
      assertThat(log.counts().bad()).isEmpty();
    }
  }

  /** An id names a decision within its surface. */
  @Test
  void decisionsOfOneIdAndTwoSurfacesAreTwo() throws IOException {
    List<LoggedDecision> one = decisions(1, "a", START, 10);
    List<LoggedDecision> other = decisions(1, "b", START, 10);
    write(directory.resolve("a.parquet"), one);
    write(directory.resolve("b.parquet"), other);

    assertThat(read(LogFilter.ALL)).containsExactlyElementsOf(concat(one, other));
  }

  @Test
  void whatWritersAreStillAtIsNotRead() throws IOException {
    List<LoggedDecision> finished = decisions(1, "a", START, 10);
    write(directory.resolve("a.parquet"), finished);
    write(directory.resolve(".b.parquet"), decisions(2, "a", START, 10));
    write(directory.resolve("_c/d.parquet"), decisions(3, "a", START, 10));
    Files.writeString(directory.resolve("notes.txt"), "something else");

    assertThat(read(LogFilter.ALL)).isEqualTo(finished);
  }

  @Test
  void badFilesAndRowsAreCountedAndPassedOver() throws IOException {
    List<LoggedDecision> good = new ArrayList<>(decisions(1, "a", START, 10));
    List<LoggedDecision> rows = new ArrayList<>(good);
    LoggedDecision bad = rows.get(0);
    rows.add(
        5,
        new LoggedDecision(
            bad.joined().toBuilder()
                .setDecision(bad.joined().getDecision().toBuilder().setPropensity(1.5))
                .build()));
    write(directory.resolve("a.parquet"), rows);
    Files.writeString(directory.resolve("b.parquet"), "PAR1 but nothing else");
    Files.writeString(directory.resolve("c.parquet"), "");

    try (ParquetDecisionLog log = open(LogFilter.ALL)) {
      assertThat(all(log)).isEqualTo(good);

      LogCounts counts = log.counts();
      assertThat(counts.records()).isEqualTo(13);
      assertThat(counts.decisions()).isEqualTo(10);
      assertThat(counts.bad())
          .containsEntry("file: no Parquet, or cut off", 1L)
          .containsEntry("file: too short for Parquet", 1L)
          .hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void noDamageStopsTheReading(long seed) throws IOException {
    byte[] file = bytes(decisions(seed, "a", START, 50));
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = file.clone();
      for (int j = 1 + random.nextInt(4); j > 0; j--) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      if (random.nextInt(4) == 0) {
        damaged = java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      Files.write(directory.resolve("a.parquet"), damaged);

      try (ParquetDecisionLog log = open(LogFilter.ALL)) {
        List<LoggedDecision> read = all(log);

        assertThat(log.counts().decisions()).isEqualTo(read.size());
        assertThat(log.counts().records())
            .isEqualTo(
                read.size()
                    + log.counts().bad().values().stream().mapToLong(Long::longValue).sum());
      }
    }
  }

  @Test
  void aChangedByteInAPageIsFound() throws IOException {
    byte[] file = bytes(decisions(1, "a", START, 50));
    file[200] ^= 1;
    Files.write(directory.resolve("a.parquet"), file);

    try (ParquetDecisionLog log = open(LogFilter.ALL)) {
      assertThat(all(log)).isEmpty();
      assertThat(log.counts().bad().values()).containsExactly(50L);
    }
  }

  @Test
  void aLogThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> ParquetDecisionLog.open(directory.resolve("none"), LogFilter.ALL))
        .hasMessageEndingWith("none: not there (expected: a file or directory)");
    assertThatThrownBy(() -> new LogFilter(null, Instant.ofEpochMilli(2), Instant.ofEpochMilli(2)))
        .hasMessageStartingWith("until: 1970-01-01T00:00:00.002Z (expected: after from");
  }

  private Path partition(String surface, long timeMillis) {
    return directory.resolve(Partition.of(surface, timeMillis));
  }

  private ParquetDecisionLog open(LogFilter filter) throws IOException {
    return ParquetDecisionLog.open(directory, filter);
  }

  private List<LoggedDecision> read(LogFilter filter) throws IOException {
    try (ParquetDecisionLog log = open(filter)) {
      return all(log);
    }
  }

  private static List<LoggedDecision> all(ParquetDecisionLog log) throws IOException {
    List<LoggedDecision> all = new ArrayList<>();
    for (LoggedDecision each = log.next(); each != null; each = log.next()) {
      all.add(each);
    }
    return all;
  }

  /** One a millisecond. */
  private static List<LoggedDecision> decisions(
      long seed, String surface, long startMillis, int count) {
    RandomDecisions random = new RandomDecisions(seed);
    List<LoggedDecision> decisions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      decisions.add(random.next(surface, "d" + seed + "-" + i, startMillis + i));
    }
    return decisions;
  }

  @SafeVarargs
  private static List<LoggedDecision> concat(List<LoggedDecision>... lists) {
    List<LoggedDecision> all = new ArrayList<>();
    for (List<LoggedDecision> each : lists) {
      all.addAll(each);
    }
    return all;
  }

  private static void write(Path file, List<LoggedDecision> decisions) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = Files.newOutputStream(file)) {
      write(out, decisions);
    }
  }

  private static byte[] bytes(List<LoggedDecision> decisions) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(out, decisions);
    return out.toByteArray();
  }

  private static void write(OutputStream out, List<LoggedDecision> decisions) throws IOException {
    try (ParquetDecisionWriter writer = new ParquetDecisionWriter(out)) {
      for (LoggedDecision each : decisions) {
        writer.write(each);
      }
    }
  }
}
