package io.waggle.server.wire;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Duration;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which field of a JSON text is not what its message wants, for callers whose text a parser has
 * refused without naming it. Accepts whatever some parser of protobuf's JSON accepts, so it may
 * find nothing. Pure; its time is that of a parser.
 */
final class JsonProblem {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  /** Of a refused value so many characters are told. */
  private static final int CHARACTERS_TOLD = 40;

  private static final BigDecimal UINT32_MAX = BigDecimal.valueOf(0xFFFF_FFFFL);
  private static final BigDecimal UINT64_MAX = new BigDecimal("18446744073709551615");

  private JsonProblem() {}

  /** The first problem as {@code field: value (expected: ...)}; null: none is found. */
  static @Nullable String of(byte[] json, Descriptor message) {
    try {
      JsonNode root = JSON.readTree(json);
      return root.isObject() ? object("", root, message) : null;
    } catch (IOException | NumberFormatException e) {
      // No JSON at all: whoever parsed it says where.
      return null;
    }
  }

  private static @Nullable String object(String path, JsonNode object, Descriptor message) {
    Map<OneofDescriptor, FieldDescriptor> chosen = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      FieldDescriptor field = field(message, entry.getKey());
      if (field == null) {
        return "%s: unknown (expected: %s)"
            .formatted(child(path, cut(entry.getKey())), names(message.getFields()));
      }
      JsonNode value = entry.getValue();
      if (value.isNull()) {
        continue;
      }
      OneofDescriptor choice = field.getRealContainingOneof();
      FieldDescriptor other = choice == null ? null : chosen.putIfAbsent(choice, field);
      if (other != null && other != field) {
        return "%s: both %s and %s (expected: one of them)"
            .formatted(path.isEmpty() ? "request" : path, other.getJsonName(), field.getJsonName());
      }
      String problem = field(child(path, field.getName()), value, field);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String field(String path, JsonNode value, FieldDescriptor field) {
    if (field.isMapField()) {
      return value.isObject() ? null : wrong(path, value, "an object");
    }
    if (!field.isRepeated()) {
      return single(path, value, field);
    }
    if (!value.isArray()) {
      return wrong(path, value, "a list");
    }
    for (int i = 0; i < value.size(); i++) {
      String at = path + "[" + i + "]";
      String problem =
          value.get(i).isNull()
              ? wrong(at, value.get(i), "a value")
              : single(at, value.get(i), field);
      if (problem != null) {
        return problem;
      }
    }
    return null;
  }

  private static @Nullable String single(String path, JsonNode value, FieldDescriptor field) {
    return switch (field.getType()) {
      case MESSAGE, GROUP -> message(path, value, field.getMessageType());
      case STRING, BYTES -> value.isContainerNode() ? wrong(path, value, "a text") : null;
      case BOOL ->
          value.isBoolean() || isOneOf(value, "true", "false")
              ? null
              : wrong(path, value, "true or false");
      case ENUM -> enumeration(path, value, field);
      case DOUBLE, FLOAT ->
          isOneOf(value, "NaN", "Infinity", "-Infinity") || isFinite(number(value))
              ? null
              : wrong(path, value, "a number");
      case INT32, SINT32, SFIXED32 ->
          whole(
              path,
              value,
              BigDecimal.valueOf(Integer.MIN_VALUE),
              BigDecimal.valueOf(Integer.MAX_VALUE));
      case UINT32, FIXED32 -> whole(path, value, BigDecimal.ZERO, UINT32_MAX);
      case INT64, SINT64, SFIXED64 ->
          whole(
              path, value, BigDecimal.valueOf(Long.MIN_VALUE), BigDecimal.valueOf(Long.MAX_VALUE));
      case UINT64, FIXED64 -> whole(path, value, BigDecimal.ZERO, UINT64_MAX);
    };
  }

  private static @Nullable String message(String path, JsonNode value, Descriptor message) {
    if (message.equals(Duration.getDescriptor())) {
      return value.isTextual() && value.textValue().matches("-?\\d{1,12}(\\.\\d{1,9})?s")
          ? null
          : wrong(path, value, "seconds as a text, for example \"90s\"");
    }
    return value.isObject()
        ? object(path, value, message)
        : wrong(path, value, "an object with " + names(message.getFields()));
  }

  private static @Nullable String enumeration(String path, JsonNode value, FieldDescriptor field) {
    List<EnumValueDescriptor> values = field.getEnumType().getValues();
    boolean known =
        value.isInt() || values.stream().anyMatch(each -> each.getName().equals(value.textValue()));
    return known
        ? null
        : wrong(
            path,
            value,
            values.stream().map(EnumValueDescriptor::getName).collect(Collectors.joining(", ")));
  }

  private static @Nullable String whole(
      String path, JsonNode value, BigDecimal least, BigDecimal most) {
    BigDecimal number = number(value);
    boolean fits =
        number != null
            && number.compareTo(least) >= 0
            && number.compareTo(most) <= 0
            && number.stripTrailingZeros().scale() <= 0;
    return fits
        ? null
        : wrong(
            path,
            value,
            "a whole number from %s to %s".formatted(least.toPlainString(), most.toPlainString()));
  }

  /** Of a number, or of a text that is one; null: it is none. */
  private static @Nullable BigDecimal number(JsonNode value) {
    if (!value.isNumber() && !value.isTextual()) {
      return null;
    }
    try {
      return new BigDecimal(value.asText());
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean isFinite(@Nullable BigDecimal number) {
    return number != null && Double.isFinite(number.doubleValue());
  }

  private static boolean isOneOf(JsonNode value, String... texts) {
    return value.isTextual() && List.of(texts).contains(value.textValue());
  }

  private static @Nullable FieldDescriptor field(Descriptor message, String key) {
    for (FieldDescriptor field : message.getFields()) {
      if (field.getJsonName().equals(key) || field.getName().equals(key)) {
        return field;
      }
    }
    return null;
  }

  private static String names(List<FieldDescriptor> fields) {
    return fields.stream().map(FieldDescriptor::getJsonName).collect(Collectors.joining(", "));
  }

  private static String child(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String wrong(String path, JsonNode value, String expected) {
    return "%s: %s (expected: %s)".formatted(path, cut(value.toString()), expected);
  }

  private static String cut(String text) {
    return text.length() <= CHARACTERS_TOLD ? text : text.substring(0, CHARACTERS_TOLD) + "...";
  }
}
