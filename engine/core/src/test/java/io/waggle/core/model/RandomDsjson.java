package io.waggle.core.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Lines of dsjson as other systems write them, at random: everything that can be in {@code c}, with
 * texts of all that has a meaning to some parser. One thing is left out: two members that VW takes
 * for the same word and we do not, see {@link #sameToBoth}.
 */
final class RandomDsjson {
  private static final String[] PIECES = {
    "a",
    "b",
    "Z",
    "7",
    "0",
    "12",
    " ",
    "\t",
    "\n",
    "|",
    ":",
    "%",
    "=",
    "_",
    "%20",
    "é",
    "日本",
    "ß",
    "\uD83D\uDC1D",
    "\u2028",
    "\\",
    "\"",
    "'",
    "^",
    "#",
    "1e3",
    "nan",
    "/",
    "shared",
    "-1"
  };

  /**
   * None begins with {@code a} or {@code S}, the letters of the namespaces that the tests ignore,
   * and all with ASCII: other characters end the process in VW.
   */
  private static final String[] NAMESPACES = {
    "user", "Geo", "bee", "x_1", "user-info", "Z z", "i", "j", "16k", "@"
  };

  private final Random random;
  private final Map<String, String> words = new HashMap<>();

  RandomDsjson(long seed) {
    random = new Random(seed);
  }

  /** A line with one choice. */
  String single(int actions, int chosen) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("_label_cost", random.nextInt(5) / 4.0 - 1);
      json.writeNumberField("_label_probability", 1.0 / actions);
      json.writeNumberField("_label_Action", chosen + 1);
      json.writeNumberField("_labelIndex", chosen);
      json.writeArrayFieldStart("a");
      json.writeNumber(chosen + 1);
      for (int i = 0; i < actions; i++) {
        if (i != chosen) {
          json.writeNumber(i + 1);
        }
      }
      json.writeEndArray();
      json.writeFieldName("c");
      context(json, actions, 0);
      json.writeArrayFieldStart("p");
      for (int i = 0; i < actions; i++) {
        json.writeNumber(1.0 / actions);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }

  /** A line with several choices. */
  String slots(int actions, int slots) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeFieldName("c");
      context(json, actions, slots);
      json.writeArrayFieldStart("_outcomes");
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < actions; i++) {
        left.add(i);
      }
      for (int slot = 0; slot < slots; slot++) {
        Collections.shuffle(left, random);
        json.writeStartObject();
        json.writeNumberField("_label_cost", random.nextInt(5) / 4.0 - 1);
        json.writeArrayFieldStart("_a");
        for (int action : left) {
          json.writeNumber(action);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("_p");
        for (int i = 0; i < left.size(); i++) {
          json.writeNumber(1.0 / left.size());
        }
        json.writeEndArray();
        json.writeEndObject();
        left.remove(0);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }

  private void context(JsonGenerator json, int actions, int slots) throws IOException {
    json.writeStartObject();
    members(json, " ", 2);
    json.writeArrayFieldStart("_multi");
    for (int i = 0; i < actions; i++) {
      action(json, i);
    }
    json.writeEndArray();
    if (slots > 0) {
      json.writeArrayFieldStart("_slots");
      for (int i = 0; i < slots; i++) {
        slot(json, i);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void action(JsonGenerator json, int number) throws IOException {
    json.writeStartObject();
    if (random.nextBoolean()) {
      json.writeStringField("_tag", "action " + number);
    }
    members(json, " ", 2);
    json.writeEndObject();
  }

  /** VW crosses what is in no namespace of a slot with everything; ours are in one. */
  private void slot(JsonGenerator json, int number) throws IOException {
    json.writeStartObject();
    if (random.nextBoolean()) {
      json.writeStringField("_id", "slot " + number);
    }
    json.writeArrayFieldStart("sj");
    json.writeStartObject();
    members(json, "sj", 0);
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  private void members(JsonGenerator json, String namespace, int depth) throws IOException {
    for (int i = random.nextInt(4); i >= 0; i--) {
      member(json, namespace, depth);
    }
  }

  private void member(JsonGenerator json, String namespace, int depth) throws IOException {
    // Keys come again now and then: each counts.
    String key = random.nextBoolean() ? "k" + random.nextInt(3) : key();
    String nested = NAMESPACES[random.nextInt(NAMESPACES.length)];
    switch (random.nextInt(depth == 0 ? 7 : 10)) {
      case 0, 1, 2 -> {
        String value = value();
        if (sameToBoth(namespace, key + clean(value), key + "=" + value)) {
          json.writeStringField(key, value);
        }
      }
      case 3, 4 -> {
        if (sameToBoth(namespace, key, key)) {
          json.writeNumberField(key, number());
        }
      }
      case 5 -> {
        if (sameToBoth(namespace, key, key)) {
          json.writeBooleanField(key, random.nextBoolean());
        }
      }
      case 6 -> {
        json.writeNullField(key);
        json.writeStringField("_ignored", value());
        json.writeStringField("_text", sameToBoth(namespace, "one", "one") ? "one  one" : "");
      }
      case 7, 8 -> {
        json.writeObjectFieldStart(nested);
        members(json, nested, depth - 1);
        json.writeEndObject();
      }
      default -> list(json, nested, depth - 1);
    }
  }

  private void list(JsonGenerator json, String namespace, int depth) throws IOException {
    json.writeArrayFieldStart(namespace);
    boolean numbers = random.nextBoolean();
    int length = 1 + random.nextInt(3);
    for (int i = 0; i < length; i++) {
      String position = String.valueOf(i);
      if (!numbers) {
        json.writeStartObject();
        members(json, namespace, depth);
        json.writeEndObject();
      } else {
        json.writeNumber(sameToBoth(namespace, position, position) ? number() : 0);
      }
    }
    json.writeEndArray();
  }

  private String key() {
    String key = value();
    return key.isEmpty() || key.startsWith("_") ? "q" + key : key;
  }

  private String value() {
    StringBuilder value = new StringBuilder();
    int pieces = random.nextInt(20) == 0 ? 60 : random.nextInt(4);
    for (int i = 0; i < pieces; i++) {
      value.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return value.toString();
  }

  private double number() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> 1e-50;
      case 2 -> 1e-3 * random.nextDouble();
      case 3 -> random.nextInt(10) - 5;
      default -> random.nextGaussian();
    };
  }

  private static String clean(String value) {
    return value.replaceAll("[ \t|:]", "_");
  }

  /**
   * True: whenever VW met this word in this namespace, it was this feature of ours too. VW joins
   * key and value, replaces its own syntax in values, does not see white space around a word, and
   * takes a word of digits for its number.
   */
  private boolean sameToBoth(String namespace, String word, String ours) {
    int start = 0;
    int end = word.length();
    while (start < end && word.charAt(start) <= ' ') {
      start++;
    }
    while (end > start && word.charAt(end - 1) <= ' ') {
      end--;
    }
    String seen = word.substring(start, end).replaceFirst("^0*(?=\\d*$)", "");
    boolean isPosition = word.equals(ours) && word.length() == 1;
    return (!seen.isEmpty() || isPosition)
        && words.computeIfAbsent(namespace + "|" + seen, absent -> ours).equals(ours);
  }
}
