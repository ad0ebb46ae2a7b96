package io.waggle.server.wire;

import java.util.Arrays;

/**
 * Goes through JSON by its brackets and quotes, without reading what is between them. It tells
 * where things begin and end in a text that is JSON; of one that is not it may notice nothing, so
 * whoever uses it has every part read by a parser once.
 */
final class JsonCursor {
  /** The text is not as it was taken to be: for a parser to say what is wrong with it, if it is. */
  static final class UnusualTextException extends Exception {
    private static final long serialVersionUID = 1;

    private UnusualTextException() {
      super("unusual", null, false, false);
    }
  }

  private final byte[] text;
  private int at;

  JsonCursor(byte[] text) {
    this.text = text;
  }

  static UnusualTextException unusual() {
    return new UnusualTextException();
  }

  /** The place of what comes next that is no space. */
  int next() throws UnusualTextException {
    while (at < text.length && isSpace(text[at])) {
      at++;
    }
    if (at == text.length) {
      throw unusual();
    }
    return at;
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  /** True: that character comes next. */
  boolean isNext(char c) throws UnusualTextException {
    return text[next()] == c;
  }

  /** Goes behind that character if it comes next. */
  boolean takes(char c) throws UnusualTextException {
    boolean next = isNext(c);
    if (next) {
      at++;
    }
    return next;
  }

  /** Goes behind that character, which has to come next. */
  void take(char c) throws UnusualTextException {
    if (!takes(c)) {
      throw unusual();
    }
  }

  /** Goes behind the key that comes next and its colon; true: it is that one, in quotes. */
  boolean takesKey(byte[] quoted) throws UnusualTextException {
    int from = next();
    skipString();
    for (int i = from; i < at; i++) {
      if (text[i] == '\\') {
        throw unusual();
      }
    }
    boolean equal = Arrays.equals(text, from, at, quoted, 0, quoted.length);
    take(':');
    return equal;
  }

  /** Goes to a place. */
  void jump(int to) {
    at = to;
  }

  /** Goes behind the value that comes next and returns where that is. */
  int skipValue() throws UnusualTextException {
    byte c = text[next()];
    if (c == '{' || c == '[') {
      skipNested();
    } else if (c == '"') {
      skipString();
    } else {
      while (at < text.length && !isEnd(text[at])) {
        at++;
      }
    }
    return at;
  }

  private static boolean isEnd(byte c) {
    return c == ',' || c == '}' || c == ']' || isSpace(c);
  }

  private void skipNested() throws UnusualTextException {
    int depth = 0;
    while (at < text.length) {
      byte c = text[at];
      if (c == '"') {
        skipString();
        continue;
      }
      at++;
      if (c == '{' || c == '[') {
        depth++;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return;
      }
    }
    throw unusual();
  }

  private void skipString() throws UnusualTextException {
    take('"');
    while (at < text.length) {
      byte c = text[at++];
      if (c == '"') {
        return;
      }
      if (c == '\\') {
        at++;
      }
    }
    throw unusual();
  }

  /** Only spaces may be left. */
  void end() throws UnusualTextException {
    while (at < text.length) {
      if (!isSpace(text[at++])) {
        throw unusual();
      }
    }
  }
}
