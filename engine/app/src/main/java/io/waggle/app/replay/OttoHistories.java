package io.waggle.app.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.v1.Interaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The interactions of a file of shop histories in the layout of the OTTO data set: JSON lines
 * {@code {"session": id, "events": [{"aid": article, "ts": milliseconds, "type": text}]}}, one user
 * each.
 *
 * @param interactions of all users, by time; those of one user that share a time as in the file
 * @param bad lines and events that cannot be used, by the rule they broke
 */
record OttoHistories(List<Interaction> interactions, Map<String, Long> bad) {
  /** They are sorted in memory. */
  static final int MAX_EVENTS = 2_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  OttoHistories {
    interactions = List.copyOf(interactions);
    bad = new TreeMap<>(bad);
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException when nothing in it can be used, or it is too long
   */
  static OttoHistories read(Path file, String surface) throws IOException {
    List<Interaction> interactions = new ArrayList<>();
    Map<String, Long> bad = new TreeMap<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        read(line, surface, interactions, bad);
        if (interactions.size() > MAX_EVENTS) {
          throw new IllegalArgumentException(
              file + ": more events (expected: at most " + MAX_EVENTS + ", split the file)");
        }
      }
    }
    if (interactions.isEmpty()) {
      throw new IllegalArgumentException(file + ": no event that can be used (expected: some)");
    }
    interactions.sort(Comparator.comparingLong(Interaction::getEventTimeMillis));
    return new OttoHistories(interactions, bad);
  }

  private static void read(
      String line, String surface, List<Interaction> interactions, Map<String, Long> bad) {
    JsonNode history;
    try {
      history = JSON.readTree(line);
    } catch (IOException e) {
      bad.merge("line: not JSON (expected: a history)", 1L, Long::sum);
      return;
    }
    if (!history.path("session").isIntegralNumber() || !history.path("events").isArray()) {
      bad.merge("line: no history (expected: session and events)", 1L, Long::sum);
      return;
    }
    String user = history.path("session").asText();
    int number = 0;
    for (JsonNode event : history.path("events")) {
      number++;
      if (!event.path("aid").isIntegralNumber()
          || event.path("ts").asLong() <= 0
          || event.path("type").asText().isEmpty()) {
        bad.merge("event: incomplete (expected: aid, ts above 0 and type)", 1L, Long::sum);
        continue;
      }
      interactions.add(
          Interaction.newBuilder()
              .setInteractionId(user + "-" + number)
              .setSurface(surface)
              .setUserId(user)
              .setItemId(event.path("aid").asText())
              .setType(event.path("type").asText())
              .setEventTimeMillis(event.path("ts").asLong())
              .build());
    }
  }
}
