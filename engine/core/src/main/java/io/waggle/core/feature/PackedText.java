package io.waggle.core.feature;

import com.google.protobuf.ByteString;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.TextList;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the learner's text straight from {@link PackedFeatures}' bytes: no object per feature. The
 * learner's hot path, hence by hand: in the largest benchmark parsing and encoding cost as much as
 * Vowpal Wabbit itself.
 *
 * <p>INVARIANT: it answers with what {@link ExampleText} writes for the parsed features when {@link
 * ExampleRules} allow them, and with null for everything else, be it forbidden or only unusual (a
 * field order that protobuf's own writer does not use). The caller then takes the long way, which
 * knows what is wrong. One use; one thread.
 */
final class PackedText {
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SHARED = "shared".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ACTION = ExampleText.ACTION.getBytes(StandardCharsets.US_ASCII);

  /** Most bytes that one byte becomes: {@code %XX}. */
  private static final int LARGEST_ESCAPE = 3;

  /** Longest number: {@code -0x1.fffffep-126} and a little. */
  private static final int LONGEST_NUMBER = 24;

  // Protobuf's wire types.
  private static final int FIXED_64 = 1;
  private static final int LENGTH_DELIMITED = 2;

  private static final int CONTEXT = tag(Decision.CONTEXT_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int SESSION = tag(Decision.SESSION_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int ACTIONS = tag(Decision.ACTIONS_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int ACTION_ID = tag(Action.ID_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int NAMESPACES = tag(Action.NAMESPACES_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int NAMESPACE_NAME = tag(Namespace.NAME_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int FEATURES = tag(Namespace.FEATURES_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int FEATURE_NAME = tag(Feature.NAME_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int FEATURE_VALUE = tag(Feature.VALUE_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int NUMBER = tag(FeatureValue.NUMBER_FIELD_NUMBER, FIXED_64);
  private static final int TEXT = tag(FeatureValue.TEXT_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int TEXTS = tag(FeatureValue.TEXTS_FIELD_NUMBER, LENGTH_DELIMITED);
  private static final int TEXTS_VALUE = tag(TextList.VALUES_FIELD_NUMBER, LENGTH_DELIMITED);

  private static final boolean[] PLAIN_IN_NAMES = plain(true);
  private static final boolean[] PLAIN_IN_VALUES = plain(false);

  private final byte[] in;
  private int at;
  private byte[] out;
  private int length;

  private PackedText(byte[] in) {
    this.in = in;
    this.out = new byte[in.length + 256];
  }

  /** The text, or null: take the long way. */
  static @Nullable ExampleText of(ByteString features) {
    try {
      return new PackedText(features.toByteArray()).decision();
    } catch (UnusualException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Not what our own writer writes, or forbidden. Costs nothing: no stack trace. */
  private static final class UnusualException extends Exception {
    private static final long serialVersionUID = 1L;

    private UnusualException() {
      super("unusual", null, false, false);
    }
  }

  private ExampleText decision() throws UnusualException {
    append(SHARED);
    while (at < in.length && in[at] == CONTEXT) {
      at++;
      namespace(end(in.length));
    }
    while (at < in.length && in[at] == SESSION) {
      at++;
      namespace(end(in.length));
    }
    if (length == SHARED.length) {
      length = 0;
    } else {
      append('\n');
    }
    int[] starts = new int[64];
    int actions = 0;
    while (at < in.length) {
      expect(ACTIONS);
      if (actions == starts.length) {
        starts = Arrays.copyOf(starts, 2 * actions);
      }
      starts[actions++] = length;
      action(end(in.length));
    }
    require(actions > 0 && actions <= ExampleRules.ACTIONS_BOUND);
    // All ASCII, so that it is read as Latin-1, which is a copy.
    return new ExampleText(
        new String(out, 0, length, StandardCharsets.ISO_8859_1), Arrays.copyOf(starts, actions));
  }

  private void action(int end) throws UnusualException {
    append(ACTION);
    if (at < end && in[at] == ACTION_ID) {
      at++;
      escaped(end(end), false);
    }
    while (at < end) {
      expect(NAMESPACES);
      namespace(end(end));
    }
    append('\n');
  }

  /** A namespace none of whose features is written is not written either. */
  private void namespace(int end) throws UnusualException {
    expect(NAMESPACE_NAME);
    int nameEnd = end(end);
    requireNamespaceName(nameEnd);
    int before = length;
    append(' ');
    append('|');
    escaped(nameEnd, true);
    int named = length;
    while (at < end) {
      expect(FEATURES);
      feature(end(end));
    }
    if (length == named) {
      length = before;
    }
  }

  private void requireNamespaceName(int end) throws UnusualException {
    require(at < end && isLetter(in[at]));
    for (int i = at + 1; i < end; i++) {
      require(isLetter(in[i]) || in[i] == '_' || (in[i] >= '0' && in[i] <= '9'));
    }
  }

  private static boolean isLetter(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
  }

  private void feature(int end) throws UnusualException {
    expect(FEATURE_NAME);
    int nameEnd = end(end);
    int name = at;
    require(nameEnd > name);
    at = nameEnd;
    expect(FEATURE_VALUE);
    int valueEnd = end(end);
    require(valueEnd == end && valueEnd > at);
    int kind = in[at++];
    if (kind == NUMBER) {
      number(name, nameEnd);
    } else if (kind == TEXT) {
      text(name, nameEnd, end(valueEnd));
    } else if (kind == TEXTS) {
      int textsEnd = end(valueEnd);
      while (at < textsEnd) {
        expect(TEXTS_VALUE);
        text(name, nameEnd, end(textsEnd));
      }
    } else {
      throw new UnusualException();
    }
    require(at == end);
  }

  private void number(int name, int nameEnd) throws UnusualException {
    long bits = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      bits |= (in[at++] & 0xFFL) << (8 * i);
    }
    double number = Double.longBitsToDouble(bits);
    // Written so that NaN fails too.
    require(Math.abs(number) <= ExampleRules.NUMBER_BOUND);
    name(name, nameEnd, ':');
    room(LONGEST_NUMBER);
    length = ExampleNumber.write(out, length, (float) number);
  }

  private void text(int name, int nameEnd, int end) {
    name(name, nameEnd, '=');
    escaped(end, false);
  }

  /** A space, the name and what stands between it and the value; goes on after the value's tag. */
  private void name(int name, int nameEnd, char between) {
    int after = at;
    append(' ');
    at = name;
    escaped(nameEnd, true);
    append(between);
    at = after;
  }

  /** Copies up to the end, what is not plain as {@code %XX}. */
  private void escaped(int end, boolean isName) {
    room(LARGEST_ESCAPE * (end - at));
    boolean[] plain = isName ? PLAIN_IN_NAMES : PLAIN_IN_VALUES;
    byte[] to = out;
    int write = length;
    for (int read = at; read < end; read++) {
      byte b = in[read];
      if (plain[b & 0xFF]) {
        to[write++] = b;
      } else {
        to[write++] = '%';
        to[write++] = HEX[(b >> 4) & 0xF];
        to[write++] = HEX[b & 0xF];
      }
    }
    length = write;
    at = end;
  }

  /** Reads a length; the end of what it is the length of. */
  private int end(int outerEnd) throws UnusualException {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      byte b = in[at++];
      value |= (b & 0x7F) << shift;
      if (b >= 0) {
        require(value <= outerEnd - at);
        return at + value;
      }
    }
    throw new UnusualException();
  }

  private void expect(int tag) throws UnusualException {
    require(in[at++] == tag);
  }

  private static void require(boolean holds) throws UnusualException {
    if (!holds) {
      throw new UnusualException();
    }
  }

  private void append(byte[] ascii) {
    room(ascii.length);
    System.arraycopy(ascii, 0, out, length, ascii.length);
    length += ascii.length;
  }

  private void append(char ascii) {
    room(1);
    out[length++] = (byte) ascii;
  }

  private void room(int bytes) {
    if (out.length - length < bytes) {
      out = Arrays.copyOf(out, Math.max(2 * out.length, length + bytes));
    }
  }

  /** By the byte as a number from 0. */
  private static boolean[] plain(boolean inName) {
    boolean[] plain = new boolean[256];
    for (int b = 0; b < plain.length; b++) {
      plain[b] = FeatureText.isPlain((byte) b, inName);
    }
    return plain;
  }

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }
}
