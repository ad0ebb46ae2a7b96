package io.waggle.app.replay;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waggle.v1.Interaction;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The interactions of a file of shop histories in the layout of the OTTO data set: JSON lines
 * {@code {"session": id, "events": [{"aid": article, "ts": milliseconds, "type": text}]}}. Lines of
 * one id are one user's.
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
   * @throws IllegalArgumentException when it cannot be read, nothing in it can be used, or it is
   *     too long
   */
  static OttoHistories read(Path file, String surface) {
    List<Interaction> interactions = new ArrayList<>();
    Map<String, Integer> numbers = new HashMap<>();
    Map<String, Long> bad = new TreeMap<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          read(line, surface, interactions, numbers, bad);
        }
        if (interactions.size() > MAX_EVENTS) {
          throw new IllegalArgumentException(
              file + ": more events (expected: at most " + MAX_EVENTS + ", split the file)");
        }
      }
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(file + ": not UTF-8 (expected: JSON lines, unpacked)", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": not readable (expected: JSON lines)", e);
    }
    if (interactions.isEmpty()) {
      throw new IllegalArgumentException(
          file
              + ": no event that can be used (expected: some)"
              + (bad.isEmpty() ? "" : "; found: " + counted(bad)));
    }
    interactions.sort(Comparator.comparingLong(Interaction::getEventTimeMillis));
    return new OttoHistories(interactions, bad);
  }

  private static String counted(Map<String, Long> bad) {
    return bad.entrySet().stream()
        .map(each -> each.getValue() + " x " + each.getKey())
        .collect(joining(", "));
  }

  private static void read(
      String line,
      String surface,
      List<Interaction> interactions,
      Map<String, Integer> numbers,
      Map<String, Long> bad) {
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
    for (JsonNode event : history.path("events")) {
      // Over all lines of the user: an id that comes again would be taken for a repeat.
      int number = numbers.merge(user, 1, Integer::sum);
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
