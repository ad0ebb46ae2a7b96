package io.waggle.core.surface;

import static java.util.stream.Collectors.joining;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A YAML tree as a message, by protobuf's JSON mapping. The descriptor leads: keys are looked up in
 * it, so an unknown one is named with its path, and each scalar is read by {@link JsonFormat} as
 * its field's type. Scalars keep their text: {@code id: 007} is the text 007, {@code id: no} the
 * text no. One use each; one thread.
 */
final class YamlMessages {
  /** Deepest nesting; the contracts need about ten levels. */
  static final int MAX_DEPTH = 32;

  /** A table of 100,000 rows has 700,000 nodes; aliases of aliases would have billions. */
  private static final int MAX_NODES = 2_000_000;

  private static final Pattern JSON_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private int nodes;

  /**
   * Fills the message from a mapping.
   *
   * @throws IllegalArgumentException as {@code path: value (expected: ...)}
   */
  void fill(Message.Builder builder, Node node) {
    fill(builder, node, "", 0);
  }

  private void fill(Message.Builder builder, Node node, String path, int depth) {
    count(node, path, depth);
    if (!(node instanceof MappingNode mapping)) {
      throw wrong(path, node, "a mapping with " + keys(builder.getDescriptorForType()));
    }
    Set<String> seen = new HashSet<>();
    for (NodeTuple entry : mapping.getValue()) {
      FieldDescriptor field = field(builder.getDescriptorForType(), entry.getKeyNode(), path);
      String fieldPath = path.isEmpty() ? field.getName() : path + "." + field.getName();
      if (!seen.add(field.getName())) {
        throw wrong(fieldPath, entry.getValueNode(), "given once");
      }
      if (!isNull(entry.getValueNode())) {
        var oneof = field.getRealContainingOneof();
        if (oneof != null && builder.hasOneof(oneof)) {
          throw wrong(fieldPath, entry.getValueNode(), "only one kind of " + oneof.getName());
        }
        set(builder, field, entry.getValueNode(), fieldPath, depth + 1);
      }
    }
  }

  private void set(
      Message.Builder builder, FieldDescriptor field, Node node, String path, int depth) {
    if (!field.isRepeated()) {
      builder.setField(field, value(builder, field, node, path, depth));
      return;
    }
    count(node, path, depth);
    if (!(node instanceof SequenceNode sequence)) {
      throw wrong(path, node, "a list");
    }
    int index = 0;
    for (Node item : sequence.getValue()) {
      String itemPath = path + "[" + index++ + "]";
      builder.addRepeatedField(field, value(builder, field, item, itemPath, depth + 1));
    }
  }

  private Object value(
      Message.Builder parent, FieldDescriptor field, Node node, String path, int depth) {
    if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && !field.getMessageType().getFullName().equals(Duration.getDescriptor().getFullName())) {
      Message.Builder message = parent.newBuilderForField(field);
      fill(message, node, path, depth);
      return message.build();
    }
    count(node, path, depth);
    if (!(node instanceof ScalarNode scalar)) {
      throw wrong(path, node, "one value");
    }
    return scalar(parent, field, scalar, path);
  }

  /**
   * Reads the scalar by JSON's mapping, in a message of its own so that an error has its path; of a
   * list one value at a time.
   */
  private static Object scalar(
      Message.Builder parent, FieldDescriptor field, ScalarNode scalar, String path) {
    if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
      return scalar.getValue();
    }
    Message.Builder single = parent.getDefaultInstanceForType().newBuilderForType();
    try {
      String value = field.isRepeated() ? "[" + json(scalar) + "]" : json(scalar);
      JsonFormat.parser().merge("{\"" + field.getName() + "\":" + value + "}", single);
      return field.isRepeated() ? single.getRepeatedField(field, 0) : single.getField(field);
    } catch (InvalidProtocolBufferException e) {
      // JsonFormat says no more than that.
      throw wrong(path, scalar, expectation(field));
    }
  }

  private static String expectation(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case ENUM ->
          field.getEnumType().getValues().stream()
              .map(value -> value.getName())
              .collect(joining(", ", "one of ", ""));
      case MESSAGE -> "seconds such as 600s or 0.5s";
      case BOOLEAN -> "true or false";
      case INT, LONG -> "a whole number";
      case FLOAT, DOUBLE -> "a number";
      case STRING, BYTE_STRING -> "text";
    };
  }

  /** Plain words and numbers as JSON has them; all else as text, which JSON's mapping reads too. */
  private static String json(ScalarNode scalar) throws InvalidProtocolBufferException {
    String text = scalar.getValue();
    boolean plain =
        scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN
            && (text.equals("true") || text.equals("false") || JSON_NUMBER.matcher(text).matches());
    return plain
        ? text
        : JsonFormat.printer().print(Value.newBuilder().setStringValue(text).build());
  }

  private static FieldDescriptor field(Descriptor message, Node key, String path) {
    String name = key instanceof ScalarNode scalar ? scalar.getValue() : "";
    for (FieldDescriptor field : message.getFields()) {
      if (field.getName().equals(name) || field.getJsonName().equals(name)) {
        return field;
      }
    }
    String keyPath = path.isEmpty() ? shown(key) : path + "." + shown(key);
    throw new IllegalArgumentException(
        keyPath + ": unknown key" + line(key) + " (expected: " + keys(message) + ")");
  }

  private static String keys(Descriptor message) {
    String names =
        message.getFields().stream().map(FieldDescriptor::getName).collect(joining(", "));
    return names.isEmpty() ? "no keys" : "one of " + names;
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar
        && scalar.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN
        && Set.of("", "~", "null").contains(scalar.getValue());
  }

  private void count(Node node, String path, int depth) {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
      throw wrong(
          path,
          node,
          "at most " + MAX_NODES + " values and " + MAX_DEPTH + " levels, aliases counted");
    }
  }

  private static IllegalArgumentException wrong(String path, @Nullable Node node, String expected) {
    return new IllegalArgumentException(
        (path.isEmpty() ? "surface" : path)
            + ": "
            + shown(node)
            + line(node)
            + " (expected: "
            + expected
            + ")");
  }

  private static String line(@Nullable Node node) {
    return node == null || node.getStartMark() == null
        ? ""
        : ", line " + (node.getStartMark().getLine() + 1);
  }

  private static String shown(@Nullable Node node) {
    if (node instanceof ScalarNode scalar) {
      String text = scalar.getValue();
      return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }
    return node instanceof SequenceNode ? "a list" : "a mapping";
  }
}
