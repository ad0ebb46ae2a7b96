package io.waggle.server.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.waggle.server.wire.JsonCursor.UnusualTextException;
import io.waggle.v1.Action;
import io.waggle.v1.RankRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of one Rank request, its actions told apart: those that are known by their text are left
 * out of what a parser has to read. One thread.
 */
public final class RankJson {
  private static final byte[] ACTIONS = "\"actions\"".getBytes(US_ASCII);

  /** Reads JSON as the service does otherwise, and refuses what is none. */
  public interface Parser {
    RankRequest parse(byte[] json) throws IOException;
  }

  private final byte[] json;
  private final KnownTexts texts;
  private final JsonCursor cursor;

  /** Between the brackets of the actions; 0: there are none. */
  private int from;

  private int to;

  /** In their order; null: not known. */
  private final List<@Nullable Action> actions = new ArrayList<>();

  /** Those that are not known. */
  private final List<Part> parts = new ArrayList<>();

  private record Part(int from, int to) {}

  private RankJson(byte[] json, KnownTexts texts) {
    this.json = json;
    this.texts = texts;
    cursor = new JsonCursor(json);
  }

  /**
   * The request of this text, as the parser reads it, with actions that are known.
   *
   * @throws IOException what the parser says of all of it
   */
  static RankRequest read(byte[] json, KnownActions known, KnownTexts texts, Parser parser)
      throws IOException {
    RankJson text = new RankJson(json, texts);
    RankRequest request = text.isUsual() ? text.read(parser) : null;
    if (request == null) {
      request = parser.parse(json);
      known.count(0, request.getActionsCount());
    } else {
      known.count(text.actions.size() - text.parts.size(), text.parts.size());
    }
    return request;
  }

  private boolean isUsual() {
    try {
      object();
      return true;
    } catch (UnusualTextException e) {
      return false;
    }
  }

  private void object() throws UnusualTextException {
    cursor.take('{');
    do {
      if (cursor.takesKey(ACTIONS)) {
        array();
      } else {
        cursor.skipValue();
      }
    } while (cursor.takes(','));
    cursor.take('}');
    cursor.end();
  }

  private void array() throws UnusualTextException {
    if (from > 0) {
      throw JsonCursor.unusual();
    }
    cursor.take('[');
    from = cursor.next();
    if (!cursor.isNext(']')) {
      do {
        element();
      } while (cursor.takes(','));
    }
    to = cursor.next();
    cursor.take(']');
  }

  private void element() throws UnusualTextException {
    if (!cursor.isNext('{')) {
      throw JsonCursor.unusual();
    }
    int begin = cursor.next();
    KnownTexts.Known known = texts.startingAt(json, begin);
    if (known != null) {
      cursor.jump(begin + known.length());
    } else {
      int end = cursor.skipValue();
      known = texts.of(json, begin, end);
      if (known == null) {
        parts.add(new Part(begin, end));
      }
    }
    actions.add(known == null ? null : known.action());
  }

  /** Null: a parser has to look at all of it. */
  private @Nullable RankRequest read(Parser parser) throws IOException {
    boolean anyKnown = parts.size() < actions.size();
    RankRequest request;
    try {
      request = parser.parse(anyKnown ? withoutKnown() : json);
    } catch (IOException | RuntimeException e) {
      if (anyKnown) {
        // Of all of the text the parser says the same, and which action it is in.
        return null;
      }
      throw e;
    }
    if (request.getActionsCount() != parts.size()) {
      return null;
    }
    List<Action> all = new ArrayList<>(actions.size());
    int part = 0;
    for (Action action : actions) {
      if (action == null) {
        action =
            texts.read(json, parts.get(part).from, parts.get(part).to, request.getActions(part));
        part++;
      }
      all.add(action);
    }
    return request.toBuilder().clearActions().addAllActions(all).build();
  }

  private byte[] withoutKnown() {
    int length = from + json.length - to + Math.max(0, parts.size() - 1);
    for (Part part : parts) {
      length += part.to - part.from;
    }
    ByteBuffer rest = ByteBuffer.allocate(length);
    rest.put(json, 0, from);
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        rest.put((byte) ',');
      }
      rest.put(json, parts.get(i).from, parts.get(i).to - parts.get(i).from);
    }
    rest.put(json, to, json.length - to);
    return rest.array();
  }
}
