package io.waggle.core.surface;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what stands at a field path, to show it beside the rule it broke. Pure. */
final class FieldValues {
  private FieldValues() {}

  /** The plain value at a path such as {@code policies[1].name}; null for a message or nothing. */
  static @Nullable String find(Message message, String path) {
    Object current = message;
    for (String step : path.split("\\.", -1)) {
      if (!(current instanceof MessageOrBuilder parent)) {
        return null;
      }
      int bracket = step.indexOf('[');
      String name = bracket < 0 ? step : step.substring(0, bracket);
      FieldDescriptor field = parent.getDescriptorForType().findFieldByName(name);
      if (field == null || (field.hasPresence() && !parent.hasField(field))) {
        return null;
      }
      current = parent.getField(field);
      if (bracket >= 0 && current instanceof List<?> list) {
        current = list.get(Integer.parseInt(step.substring(bracket + 1, step.length() - 1)));
      }
    }
    if (current instanceof List<?> list) {
      return list.size() + " items";
    }
    return current instanceof Message found ? plain(found) : current.toString();
  }

  private static @Nullable String plain(Message message) {
    return message instanceof com.google.protobuf.Duration duration
        ? java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()).toString()
        : null;
  }
}
