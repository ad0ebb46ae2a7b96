package io.waggle.state.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.waggle.state.session.SessionFold.Folded;
import io.waggle.state.session.SessionFold.Outcome;
import io.waggle.v1.Interaction;
import io.waggle.v1.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real shopping histories ({@code sessions} under {@code -Dwaggle.data}): every {@code *.jsonl} is
 * folded and cut as each {@code sub-sessions-Nmin.csv} beside it says.
 */
class RecordedSessionsTest {
  private static final Pattern CUTS = Pattern.compile("sub-sessions-(\\d+)min\\.csv");
  private static final Pattern HISTORY = Pattern.compile("\\{\"session\":(\\d+),");
  private static final Pattern EVENT =
      Pattern.compile("\\{\"aid\":(\\d+),\"ts\":(\\d+),\"type\":\"(\\w+)\"}");

  /** One line of the reference; a type that did not occur counts 0. */
  private record Cut(
      String history,
      long start,
      long end,
      long events,
      long clicks,
      long carts,
      long orders,
      long articles) {}

  /** Seed 0: as recorded; the others: late by a random share of the gap, by seed. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void foldedSessionsAreThoseOfTheReferenceWhateverTheArrivalOrderWithinTheGap(long seed)
      throws IOException {
    Path folder = Path.of(System.getProperty("waggle.data", "")).resolve("sessions");
    assumeThat(Files.isDirectory(folder)).as("recorded sessions at %s", folder).isTrue();

    List<Path> references = files(folder, CUTS);

    assertThat(references).isNotEmpty();
    for (Path reference : references) {
      assertThat(foldAll(folder, gap(reference), seed))
          .as(reference.toString())
          .containsExactlyInAnyOrderElementsOf(expected(reference));
    }
  }

  private static List<Cut> foldAll(Path folder, Duration gap, long seed) throws IOException {
    SessionFold fold =
        new SessionFold(new SessionSettings(gap, Duration.ofDays(7), Duration.ofDays(90)));
    List<Cut> cuts = new ArrayList<>();
    for (Path file : files(folder, Pattern.compile(".*\\.jsonl"))) {
      for (String line : Files.readAllLines(file)) {
        cuts.addAll(cut(fold, arrivals(line, gap, seed)));
      }
    }
    return cuts;
  }

  /** Each arrives up to the gap late, so none behind one that is newer by more than the gap. */
  private static List<Interaction> arrivals(String line, Duration gap, long seed) {
    Matcher name = HISTORY.matcher(line);
    assertThat(name.find()).as(line).isTrue();
    record Arrival(Interaction interaction, long atMillis) {}
    Random random = new Random(seed);
    List<Arrival> arrivals = new ArrayList<>();
    Matcher event = EVENT.matcher(line);
    while (event.find()) {
      Interaction interaction =
          Interaction.newBuilder()
              .setInteractionId("event" + arrivals.size())
              .setSurface("shop")
              .setUserId(name.group(1))
              .setItemId(event.group(1))
              .setEventTimeMillis(Long.parseLong(event.group(2)))
              .setType(event.group(3))
              .build();
      long delayMillis = seed > 0 ? random.nextLong(gap.toMillis() + 1) : 0;
      arrivals.add(new Arrival(interaction, interaction.getEventTimeMillis() + delayMillis));
    }
    arrivals.sort(Comparator.comparingLong(Arrival::atMillis));
    return arrivals.stream().map(Arrival::interaction).toList();
  }

  /** The last state of each session; joined ones take the place of both. */
  private static List<Cut> cut(SessionFold fold, List<Interaction> arrivals) {
    List<Cut> cuts = new ArrayList<>();
    Session session = null;
    for (Interaction interaction : arrivals) {
      Folded folded = fold.fold(session, interaction);
      assertThat(folded.outcome()).isEqualTo(Outcome.FOLDED);
      session = folded.session();
      int before = (int) session.getSessionCount() - 1;
      cuts.subList(before, cuts.size()).clear();
      cuts.add(cut(session));
    }
    return cuts;
  }

  private static Cut cut(Session session) {
    return new Cut(
        session.getUserId(),
        session.getStartedMillis(),
        session.getLastMillis(),
        session.getLength(),
        session.getTypeCountsOrDefault("clicks", 0),
        session.getTypeCountsOrDefault("carts", 0),
        session.getTypeCountsOrDefault("orders", 0),
        session.getItemHashesCount());
  }

  private static List<Cut> expected(Path reference) throws IOException {
    List<Cut> cuts = new ArrayList<>();
    for (String line : Files.readAllLines(reference).subList(1, lines(reference))) {
      String[] cells = line.split(",", -1);
      cuts.add(
          new Cut(
              cells[0],
              Long.parseLong(cells[1]),
              Long.parseLong(cells[2]),
              Long.parseLong(cells[3]),
              Long.parseLong(cells[4]),
              Long.parseLong(cells[5]),
              Long.parseLong(cells[6]),
              Long.parseLong(cells[7])));
    }
    return cuts;
  }

  private static int lines(Path file) throws IOException {
    return Files.readAllLines(file).size();
  }

  private static Duration gap(Path reference) {
    Matcher matcher = CUTS.matcher(reference.getFileName().toString());
    assertThat(matcher.matches()).isTrue();
    return Duration.ofMinutes(Long.parseLong(matcher.group(1)));
  }

  private static List<Path> files(Path folder, Pattern name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }
}
