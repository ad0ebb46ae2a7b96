package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Label selectors as Kubernetes reads them. */
final class Selectors {
  private Selectors() {}

  /** A selector with matchLabels and matchExpressions, or a plain map of labels. */
  static boolean matches(JsonNode selector, JsonNode labels) {
    boolean structured = selector.has("matchLabels") || selector.has("matchExpressions");
    if (!matchesAll(structured ? selector.path("matchLabels") : selector, labels)) {
      return false;
    }
    for (JsonNode expression : selector.path("matchExpressions")) {
      if (!matchesExpression(expression, labels)) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesAll(JsonNode wanted, JsonNode labels) {
    for (Map.Entry<String, JsonNode> field : wanted.properties()) {
      if (!labels.path(field.getKey()).equals(field.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean matchesExpression(JsonNode expression, JsonNode labels) {
    JsonNode value = labels.path(expression.path("key").asText());
    boolean among = false;
    for (JsonNode choice : expression.path("values")) {
      among |= choice.equals(value);
    }
    return switch (expression.path("operator").asText()) {
      case "In" -> among;
      case "NotIn" -> !among;
      case "Exists" -> !value.isMissingNode();
      case "DoesNotExist" -> value.isMissingNode();
      default -> false;
    };
  }
}
