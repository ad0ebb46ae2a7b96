package io.waggle.server.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waggle.core.feature.RecurringTable;
import io.waggle.v1.Action;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Actions by the JSON they came as, as {@link KnownActions} knows them by their bytes; the same
 * action in several texts, or in JSON and in bytes, is one object. Any thread.
 *
 * <p>A text that begins with the action's id is found by that alone and then compared with what is
 * known, so that where it ends need not be looked for. Others are found by all of their bytes.
 * Kept, and bounded, as actions are there.
 */
final class KnownTexts {
  /** Of longer ones nothing is kept. */
  static final int LONGEST_BYTES = 32 << 10;

  private static final byte[] ID = "{\"id\":".getBytes(US_ASCII);

  /** An id of more is looked for by all of the text. */
  private static final int LONGEST_ID_BYTES = 256;

  private static final int NONE = -1;

  private final KnownActions actions;
  private final RecurringTable<Known> texts;

  /** An action and a text of it, from one brace to the other. */
  static final class Known {
    private final byte[] json;
    private final Action action;

    private Known(byte[] json, Action action) {
      this.json = json;
      this.action = action;
    }

    int length() {
      return json.length;
    }

    Action action() {
      return action;
    }

    /** An object ends where its last brace is: a text that begins with it has no more of it. */
    private boolean begins(byte[] text, int from) {
      return text.length - from >= json.length
          && Arrays.equals(json, 0, json.length, text, from, from + json.length);
    }
  }

  /** At most 16,384 texts of 8 MB together. */
  KnownTexts(KnownActions actions) {
    this(actions, 1 << 14, 8 << 20);
  }

  /**
   * Knows nothing yet.
   *
   * @param count most that are kept, a power of two, at least 2
   * @param bytes most that they may have together
   */
  KnownTexts(KnownActions actions, int count, long bytes) {
    this.actions = actions;
    texts = new RecurringTable<>(count, bytes, Known::length);
  }

  /** The known action whose text begins there with its id; null: none, or it does not. */
  @Nullable Known startingAt(byte[] json, int from) {
    int end = endOfId(json, from);
    return end == NONE ? null : find(KnownActions.key(json, from, end), json, from);
  }

  /** The known action of that text; null: none. */
  @Nullable Known of(byte[] json, int from, int to) {
    return find(key(json, from, to), json, from);
  }

  private @Nullable Known find(int key, byte[] json, int from) {
    for (int way = 0; way < RecurringTable.WAYS; way++) {
      Known known = texts.get(key, way);
      if (known != null && known.begins(json, from)) {
        return known;
      }
    }
    return null;
  }

  /**
   * The action that was read from that text, or the object that is known of it. Kept from the
   * text's second time on.
   */
  Action read(byte[] json, int from, int to, Action action) {
    if (to - from > LONGEST_BYTES || !texts.isMetAgain(KnownActions.key(json, from, to))) {
      return action;
    }
    Action kept = actions.kept(action);
    texts.keep(key(json, from, to), new Known(Arrays.copyOfRange(json, from, to), kept));
    return kept;
  }

  private static int key(byte[] json, int from, int to) {
    int end = endOfId(json, from);
    return KnownActions.key(json, from, end == NONE ? to : end);
  }

  /** Behind the id that a text begins with; NONE: it does not. */
  private static int endOfId(byte[] json, int from) {
    int at = from + ID.length;
    if (at >= json.length || !Arrays.equals(json, from, at, ID, 0, ID.length)) {
      return NONE;
    }
    if (json[at] == ' ') {
      at++;
    }
    int last = Math.min(json.length, at + LONGEST_ID_BYTES);
    if (at >= last || json[at] != '"') {
      return NONE;
    }
    for (at++; at < last; at++) {
      if (json[at] == '"') {
        return at + 1;
      }
      if (json[at] == '\\') {
        return NONE;
      }
    }
    return NONE;
  }

  /** Bytes of the texts that are kept. */
  long bytes() {
    return texts.cost();
  }
}
