package io.waggle.jobs.session;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.waggle.v1.Interaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The interactions of {@code sessions} under {@code -Dwaggle.data}: all users', by time. */
public final class RecordedInteractions {
  private static final Pattern HISTORY = Pattern.compile("\\{\"session\":(\\d+),");
  private static final Pattern EVENT =
      Pattern.compile("\\{\"aid\":(\\d+),\"ts\":(\\d+),\"type\":\"(\\w+)\"}");

  private RecordedInteractions() {}

  /** The folder; the test that asks is skipped, and says so, where it is not there. */
  public static Path folder() {
    Path folder = Path.of(System.getProperty("waggle.data", "")).resolve("sessions");
    String skipped = "SKIPPED: no recorded sessions at " + folder;
    if (!Files.isDirectory(folder)) {
      System.out.println(skipped);
    }
    assumeTrue(Files.isDirectory(folder), skipped);
    return folder;
  }

  /** In the order of their times, those of one user that share a time as they stand in the file. */
  public static List<Interaction> read(Path folder, String surface) throws IOException {
    List<Interaction> interactions = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("otto-sessions.jsonl"))) {
      Matcher user = HISTORY.matcher(line);
      if (!user.find()) {
        throw new IOException("no history: " + line);
      }
      Matcher event = EVENT.matcher(line);
      for (int i = 0; event.find(); i++) {
        interactions.add(
            Interaction.newBuilder()
                .setInteractionId(user.group(1) + "-" + i)
                .setSurface(surface)
                .setUserId(user.group(1))
                .setItemId(event.group(1))
                .setEventTimeMillis(Long.parseLong(event.group(2)))
                .setType(event.group(3))
                .build());
      }
    }
    interactions.sort(Comparator.comparingLong(Interaction::getEventTimeMillis));
    return interactions;
  }

  /** Each late by a random share of that bound, as the seed says; with 0 as they are. */
  public static List<Interaction> shuffled(List<Interaction> inOrder, long lateMillis, long seed) {
    Random random = new Random(seed);
    record Arrival(Interaction interaction, long atMillis) {}
    return inOrder.stream()
        .map(each -> new Arrival(each, each.getEventTimeMillis() + random.nextLong(lateMillis + 1)))
        .sorted(Comparator.comparingLong(Arrival::atMillis))
        .map(Arrival::interaction)
        .toList();
  }
}
