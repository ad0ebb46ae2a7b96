package io.waggle.core.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A line of {@code dsjson} as multi-line text, by the rules of the cases' {@code dsjson_as_text}:
 * members of {@code c} become namespaces; a text is the feature key and value joined, a number
 * {@code key:number}, true the key; false, null, zeros and keys that start with an underscore are
 * left out.
 */
final class DecisionServiceJson {
  private DecisionServiceJson() {}

  static String text(JsonNode line) {
    JsonNode context = line.get("c");
    StringBuilder text = new StringBuilder();
    String shared = namespaces(context);
    if (!shared.isEmpty()) {
      text.append("shared").append(shared).append('\n');
    }
    int action = 0;
    for (JsonNode one : context.get("_multi")) {
      if (line.has("_labelIndex") && line.get("_labelIndex").asInt() == action) {
        text.append("0:")
            .append(line.get("_label_cost").asText())
            .append(':')
            .append(line.get("_label_probability").asText());
      }
      String namespaces = namespaces(one);
      text.append(orBar(namespaces)).append('\n');
      action++;
    }
    return text.toString();
  }

  /** The same of a line with several slots: the first of {@code _a} and {@code _p} is the label. */
  static String slotsText(JsonNode line) {
    JsonNode context = line.get("c");
    StringBuilder text = new StringBuilder("ccb shared").append(orBar(namespaces(context)));
    for (JsonNode action : context.get("_multi")) {
      text.append("\nccb action").append(orBar(namespaces(action)));
    }
    int slot = 0;
    for (JsonNode one : context.get("_slots")) {
      text.append("\nccb slot");
      JsonNode outcome = line.path("_outcomes").get(slot++);
      if (outcome != null) {
        text.append(' ')
            .append(outcome.get("_a").get(0).asInt())
            .append(':')
            .append(outcome.get("_label_cost").asText())
            .append(':')
            .append(outcome.get("_p").get(0).asText());
      }
      text.append(orBar(namespaces(one)));
    }
    return text.append('\n').toString();
  }

  private static String orBar(String namespaces) {
    return namespaces.isEmpty() ? " |" : namespaces;
  }

  /** Every namespace of an object, its own features in the one without a name. */
  private static String namespaces(JsonNode object) {
    StringBuilder text = new StringBuilder();
    namespace("", object, text);
    return text.toString();
  }

  private static void namespace(String name, JsonNode object, StringBuilder text) {
    List<String> features = new ArrayList<>();
    StringBuilder nested = new StringBuilder();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (!member.getKey().startsWith("_")) {
        member(member.getKey(), member.getValue(), features, nested);
      }
    }
    if (!features.isEmpty()) {
      text.append(" |").append(name).append(' ').append(String.join(" ", features));
    }
    text.append(nested);
  }

  private static void member(
      String key, JsonNode value, List<String> features, StringBuilder nested) {
    if (value.isObject()) {
      namespace(key, value, nested);
    } else if (value.isArray()) {
      value.forEach(one -> namespace(key, one, nested));
    } else if (value.isTextual()) {
      features.add(clean(key + value.asText()));
    } else if (value.isNumber() && value.asDouble() != 0) {
      features.add(clean(key) + ':' + value.asText());
    } else if (value.isBoolean() && value.asBoolean()) {
      features.add(clean(key));
    }
  }

  private static String clean(String feature) {
    return feature.replaceAll("[ \t|:]", "_");
  }
}
