package io.waggle.core.rule;

import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;

/** Field paths as people write them: {@code actions[2].namespaces[0].name}. Pure. */
final class FieldPaths {
  private FieldPaths() {}

  /** The path's text; empty for the message itself. */
  static String text(FieldPath path) {
    StringBuilder text = new StringBuilder();
    for (FieldPathElement element : path.getElementsList()) {
      if (text.length() > 0) {
        text.append('.');
      }
      text.append(element.getFieldName());
      switch (element.getSubscriptCase()) {
        case INDEX -> text.append('[').append(element.getIndex()).append(']');
        case BOOL_KEY -> text.append('[').append(element.getBoolKey()).append(']');
        case INT_KEY -> text.append('[').append(element.getIntKey()).append(']');
        case UINT_KEY -> text.append('[').append(element.getUintKey()).append(']');
        // A key is the sender's text and may be long; its field says enough.
        case STRING_KEY, SUBSCRIPT_NOT_SET -> {}
      }
    }
    return text.toString();
  }
}
