package io.waggle.core.log;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Member {@code c} of a dsjson line: shared features, actions ({@code _multi}) and slots ({@code
 * _slots}). Read token by token, as a key may come twice in an object and counts twice.
 *
 * <p>As in Vowpal Wabbit's reader: a member with an object, or with a list of objects, is a
 * namespace of its key's name, nested ones too; a list of numbers is a namespace of features named
 * by their positions; true is a feature without a value; false, null, zero and keys that begin with
 * an underscore are none, but for those with a meaning. A text, a truth value or a list inside a
 * list is an error there and here. One thread.
 */
final class DsjsonContext {
  /** Namespaces in which encoding writes the id of each action, of each slot. */
  static final String ACTION = "action";

  static final String SLOT = "Slot";

  /** A part with features of its own, and what its keys with a meaning say. */
  static final class Part {
    final DsjsonFeatures features = new DsjsonFeatures();
    @Nullable String tag;
    @Nullable String storedId;
    @Nullable String slotId;
    @Nullable List<Integer> included;
  }

  private final Part shared = new Part();
  private final List<Part> actions = new ArrayList<>();
  private final List<Part> slots = new ArrayList<>();
  private boolean slates;

  private DsjsonContext() {}

  /**
   * Reads.
   *
   * @param parser at the value of {@code c}; afterwards at its end
   * @throws IOException when it is not JSON
   */
  static DsjsonContext read(JsonParser parser) throws IOException, UnusableLineException {
    if (!parser.isExpectedStartObjectToken()) {
      throw UnusableLineException.bad("c: expected an object");
    }
    DsjsonContext context = new DsjsonContext();
    context.object(parser, context.shared, "", true);
    return context;
  }

  /** True: an action says which slot it is for, as in slates only. */
  boolean slates() {
    return slates;
  }

  List<Namespace> context() {
    return shared.features.namespaces();
  }

  /**
   * The actions. One without a name is called by its number, from 1; one whose name another has, as
   * in real logs, by the name, {@code #} and its number.
   */
  List<Action> actions() {
    List<Action> built = new ArrayList<>(actions.size());
    Set<String> ids = new HashSet<>();
    for (Part part : actions) {
      int number = built.size() + 1;
      String name = part.tag != null ? part.tag : part.storedId;
      String id = name == null || name.isEmpty() ? String.valueOf(number) : name;
      if (!ids.add(id)) {
        id += "#" + number;
        ids.add(id);
      }
      built.add(
          Action.newBuilder()
              .setId(id)
              .addAllNamespaces(part.features.namespacesWithout(ACTION, id))
              .build());
    }
    return built;
  }

  /** The slots; one without a name is called by its number, from 1. */
  List<Slot> slots() {
    List<Slot> built = new ArrayList<>(slots.size());
    for (Part part : slots) {
      String id =
          part.slotId == null || part.slotId.isEmpty()
              ? String.valueOf(built.size() + 1)
              : part.slotId;
      built.add(
          Slot.newBuilder()
              .setId(id)
              .addAllFeatures(part.features.namespacesWithout(SLOT, id))
              .build());
    }
    return built;
  }

  /** Indices of the actions that a slot may take; null: any. */
  @Nullable List<Integer> included(int slot) {
    return slots.get(slot).included;
  }

  /**
   * @param top true: the members are the part's own, not those of a namespace in it
   */
  private void object(JsonParser parser, Part part, String namespace, boolean top)
      throws IOException, UnusableLineException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (key.startsWith("_")) {
        special(parser, part, namespace, top, key);
        continue;
      }
      switch (value) {
        case START_OBJECT -> object(parser, part, key, false);
        case START_ARRAY -> list(parser, part, key);
        case VALUE_STRING -> part.features.text(namespace, key, parser.getText());
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            part.features.number(namespace, key, parser.getDoubleValue());
        case VALUE_TRUE -> part.features.number(namespace, key, 1);
        default -> {}
      }
    }
  }

  private void list(JsonParser parser, Part part, String key)
      throws IOException, UnusableLineException {
    int position = 0;
    for (JsonToken value = parser.nextToken();
        value != JsonToken.END_ARRAY;
        value = parser.nextToken()) {
      switch (value) {
        case START_OBJECT -> object(parser, part, key, false);
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
            part.features.number(key, String.valueOf(position++), parser.getDoubleValue());
        case VALUE_NULL -> {}
        default -> throw UnusableLineException.bad("c: a list holds more than numbers or objects");
      }
    }
  }

  private void special(JsonParser parser, Part part, String namespace, boolean top, String key)
      throws IOException, UnusableLineException {
    switch (key) {
      case "_text" -> {
        if (parser.hasToken(JsonToken.VALUE_STRING)) {
          part.features.words(namespace, parser.getText());
        }
      }
      case "_multi" -> actions.addAll(parts(parser, part, top, key));
      case "_slots" -> slots.addAll(parts(parser, part, top, key));
      case "_slot_id" -> slates = true;
      case "_tag" -> part.tag = top ? name(parser) : part.tag;
      case "__aid" -> part.storedId = top ? name(parser) : part.storedId;
      case "_id" -> part.slotId = top ? name(parser) : part.slotId;
      case "_inc" -> part.included = top ? indices(parser) : part.included;
      default -> {}
    }
    parser.skipChildren();
  }

  private List<Part> parts(JsonParser parser, Part part, boolean top, String key)
      throws IOException, UnusableLineException {
    if (part != shared || !top) {
      throw UnusableLineException.bad("c." + key + ": expected in c itself only");
    }
    if (!parser.isExpectedStartArrayToken()) {
      throw UnusableLineException.bad("c." + key + ": expected a list of objects");
    }
    List<Part> parts = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!parser.isExpectedStartObjectToken()) {
        throw UnusableLineException.bad("c." + key + ": expected a list of objects");
      }
      Part one = new Part();
      object(parser, one, "", true);
      parts.add(one);
    }
    return parts;
  }

  private static @Nullable String name(JsonParser parser) throws IOException {
    return parser.currentToken().isScalarValue() ? parser.getValueAsString() : null;
  }

  private static List<Integer> indices(JsonParser parser)
      throws IOException, UnusableLineException {
    List<Integer> indices = new ArrayList<>();
    if (parser.isExpectedStartArrayToken()) {
      while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        indices.add(parser.getIntValue());
      }
    }
    if (!parser.hasToken(JsonToken.END_ARRAY)) {
      throw UnusableLineException.bad("c._slots._inc: expected a list of indices");
    }
    return indices;
  }
}
