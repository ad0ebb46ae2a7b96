package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A schema as resource definitions have it, made strict: where properties are named no other is
 * taken, though a server would drop it silently.
 */
final class StructuralSchema {
  private final JsonNode root;

  StructuralSchema(JsonNode root) {
    this.root = root;
  }

  /** The schema of the one version of a CustomResourceDefinition. */
  static StructuralSchema ofDefinition(JsonNode definition) {
    return new StructuralSchema(definition.at("/spec/versions/0/schema/openAPIV3Schema"));
  }

  /** Adds what does not fit; the object's own kind and metadata are left to others. */
  void check(JsonNode object, List<Finding> findings) {
    String label = Manifests.label(object);
    object
        .properties()
        .forEach(
            field -> {
              if (List.of("apiVersion", "kind", "metadata").contains(field.getKey())) {
                return;
              }
              JsonNode schema = root.path("properties").path(field.getKey());
              if (schema.isMissingNode()) {
                findings.add(new Finding("definition", label, field.getKey() + ": unknown"));
              } else {
                check(field.getValue(), schema, field.getKey(), label, findings);
              }
            });
  }

  private static void check(
      JsonNode value, JsonNode schema, String path, String label, List<Finding> findings) {
    if (schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
        && schema.path("properties").isMissingNode()) {
      return;
    }
    String type = schema.path("type").asText();
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      if (!value.isTextual() && !value.isIntegralNumber()) {
        add(findings, label, path, value, "a number or text");
      }
      return;
    }
    if (!type.isEmpty() && !isOf(value, type)) {
      add(findings, label, path, value, type);
      return;
    }
    restrictions(value, schema, path, label, findings);
    if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        check(value.get(i), schema.path("items"), path + "[" + i + "]", label, findings);
      }
    } else if (value.isObject()) {
      properties(value, schema, path, label, findings);
    }
  }

  private static void restrictions(
      JsonNode value, JsonNode schema, String path, String label, List<Finding> findings) {
    JsonNode choices = schema.path("enum");
    if (choices.isArray()) {
      boolean found = false;
      for (JsonNode choice : choices) {
        found |= choice.equals(value);
      }
      if (!found) {
        add(findings, label, path, value, "one of " + choices);
      }
    }
    String pattern = schema.path("pattern").asText();
    if (value.isTextual() && !pattern.isEmpty() && !Pattern.matches(pattern, value.asText())) {
      add(findings, label, path, value, pattern);
    }
    if (value.isNumber()
        && schema.has("minimum")
        && value.asDouble() < schema.path("minimum").asDouble()) {
      add(findings, label, path, value, "at least " + schema.path("minimum"));
    }
  }

  private static void properties(
      JsonNode value, JsonNode schema, String path, String label, List<Finding> findings) {
    for (JsonNode required : schema.path("required")) {
      if (!value.has(required.asText())) {
        findings.add(new Finding("definition", label, path + "." + required.asText() + ": absent"));
      }
    }
    value
        .properties()
        .forEach(
            field -> {
              JsonNode named = schema.path("properties").path(field.getKey());
              JsonNode others = schema.path("additionalProperties");
              String at = path + "." + field.getKey();
              if (!named.isMissingNode()) {
                check(field.getValue(), named, at, label, findings);
              } else if (others.isObject()) {
                check(field.getValue(), others, at, label, findings);
              } else if (!schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()
                  && !others.asBoolean()) {
                findings.add(new Finding("definition", label, at + ": unknown"));
              }
            });
  }

  private static boolean isOf(JsonNode value, String type) {
    return switch (type) {
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "array" -> value.isArray();
      case "object" -> value.isObject();
      default -> throw new IllegalArgumentException("type: " + type);
    };
  }

  private static void add(
      List<Finding> findings, String label, String path, JsonNode value, String expected) {
    findings.add(
        new Finding("definition", label, "%s: %s (expected: %s)".formatted(path, value, expected)));
  }
}
