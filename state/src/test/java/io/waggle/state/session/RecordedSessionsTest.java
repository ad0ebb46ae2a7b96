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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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
      String history, long start, long end, long events, long clicks, long carts, long orders) {}

  @Test
  void foldedSessionsAreThoseOfTheReference() throws IOException {
    Path folder = Path.of(System.getProperty("waggle.data", "")).resolve("sessions");
    assumeThat(Files.isDirectory(folder)).as("recorded sessions at %s", folder).isTrue();

    List<Path> references = files(folder, CUTS);

    assertThat(references).isNotEmpty();
    for (Path reference : references) {
      assertThat(foldAll(folder, gap(reference)))
          .as(reference.toString())
          .containsExactlyInAnyOrderElementsOf(expected(reference));
    }
  }

  private static List<Cut> foldAll(Path folder, Duration gap) throws IOException {
    SessionFold fold =
        new SessionFold(new SessionSettings(gap, Duration.ofDays(7), Duration.ofDays(90)));
    List<Cut> cuts = new ArrayList<>();
    for (Path file : files(folder, Pattern.compile(".*\\.jsonl"))) {
      for (String line : Files.readAllLines(file)) {
        cuts.addAll(cut(fold, line));
      }
    }
    return cuts;
  }

  private static List<Cut> cut(SessionFold fold, String line) {
    Matcher name = HISTORY.matcher(line);
    assertThat(name.find()).as(line).isTrue();
    List<Cut> cuts = new ArrayList<>();
    Session session = null;
    Matcher event = EVENT.matcher(line);
    while (event.find()) {
      Folded folded = fold.fold(session, interaction(name.group(1), session, event));
      assertThat(folded.outcome()).isEqualTo(Outcome.FOLDED);
      if (session != null && folded.session().getSessionCount() > session.getSessionCount()) {
        cuts.add(cut(session));
      }
      session = folded.session();
    }
    if (session != null) {
      cuts.add(cut(session));
    }
    return cuts;
  }

  private static Interaction interaction(String user, @Nullable Session session, Matcher event) {
    return Interaction.newBuilder()
        .setInteractionId("event" + (session == null ? 0 : session.getVersion()))
        .setSurface("shop")
        .setUserId(user)
        .setItemId(event.group(1))
        .setEventTimeMillis(Long.parseLong(event.group(2)))
        .setType(event.group(3))
        .build();
  }

  private static Cut cut(Session session) {
    return new Cut(
        session.getUserId(),
        session.getStartedMillis(),
        session.getLastMillis(),
        session.getLength(),
        session.getTypeCountsOrDefault("clicks", 0),
        session.getTypeCountsOrDefault("carts", 0),
        session.getTypeCountsOrDefault("orders", 0));
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
              Long.parseLong(cells[6])));
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
