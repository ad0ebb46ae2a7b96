package io.waggle.core.rule;

import build.buf.validate.FieldPathElement;
import build.buf.validate.Violation;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Broken rules in words for who does not read contracts: a pattern by what it wants, a choice by
 * what there is to choose from. Pure.
 */
final class RuleWords {
  private static final String PATH = "must be `namespace.feature`, for example `item.price`";
  private static final String WORD = "must be a letter, then letters, digits or `_`";

  /** By the pattern as the contracts write it. */
  private static final Map<String, String> PATTERNS =
      Map.of(
          "^[a-zA-Z][a-zA-Z0-9_]*\\..+$",
          PATH,
          "^([a-zA-Z][a-zA-Z0-9_]*\\..+)?$",
          PATH,
          "^[a-zA-Z][a-zA-Z0-9_]*$",
          WORD,
          "^([a-zA-Z][a-zA-Z0-9_]*)?$",
          WORD,
          "^[a-zA-Z0-9][a-zA-Z0-9._-]*$",
          "must be a letter or digit, then letters, digits, `.`, `_` or `-`");

  private RuleWords() {}

  /**
   * The rule that a message broke.
   *
   * @param message the whole message, in which the violation's path begins
   */
  static String of(Violation violation, Message message) {
    String said = violation.getMessage();
    int quote = said.indexOf('`');
    if (violation.getRuleId().equals("string.pattern") && quote >= 0) {
      String pattern = said.substring(quote + 1, said.lastIndexOf('`'));
      return PATTERNS.getOrDefault(pattern, said);
    }
    OneofDescriptor choice = choice(violation, message.getDescriptorForType());
    return choice == null
        ? said
        : "exactly one is required: "
            + choice.getFields().stream()
                .map(FieldDescriptor::getName)
                .collect(Collectors.joining(", "));
  }

  /** The choice that the path ends in; null: it ends in a field. */
  private static @Nullable OneofDescriptor choice(Violation violation, Descriptor of) {
    List<FieldPathElement> path = violation.getField().getElementsList();
    Descriptor in = of;
    for (int i = 0; i < path.size(); i++) {
      String name = path.get(i).getFieldName();
      FieldDescriptor field = in.findFieldByName(name);
      if (field == null) {
        return in.getOneofs().stream()
            .filter(each -> each.getName().equals(name))
            .findFirst()
            .orElse(null);
      }
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        return null;
      }
      in = field.getMessageType();
    }
    return null;
  }
}
