package io.waggle.core.score;

import io.waggle.core.feature.EscapedText;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.Arrays;
import java.util.List;

/**
 * The features of a few actions as VW groups them: by the first letter of their namespace, own
 * groups in order of appearance, then the constant, then what is shared. One of the actions at a
 * time is looked at. Reused from action to action and from example to example, so that nothing is
 * allocated once the arrays have grown; the shared features are hashed once. One thread.
 *
 * <p>The features lie in two arrays, index and value; a group is a stretch of them. INVARIANT:
 * position 0 is the constant, from 1 to {@code sharedEnd} is what is shared, after it what belongs
 * to the actions, one after the other. Where an action has a letter of its own that is also shared,
 * both are copied to a stretch at the end, own ones first.
 */
final class FeatureGroups {
  /** As many actions are held at a time. */
  static final int ACTIONS = Lanes.WIDTH;

  /** The letter of a slot's index, which no namespace has. */
  static final char SLOT_INDEX_LETTER = 140;

  private static final int CONSTANT_HASH = 11_650_396;
  static final char CONSTANT_LETTER = 128;
  private static final String ACTION = "action";
  private static final String SLOT = "Slot";
  private static final String ID = "id";
  private static final String SLOT_INDEX = "index";
  private static final String SLOT_INDEX_NAMESPACE = "_id";

  private byte[] name = new byte[256];
  private int[] indices = new int[256];
  private float[] values = new float[256];
  private int size;
  private int sharedEnd;

  private final GroupTable[] tables = new GroupTable[ACTIONS];
  private final GroupTable shared = new GroupTable();

  /** That of the action looked at, before the first one that of what is shared. */
  private GroupTable table = shared;

  private FeatureRules rules = FeatureRules.NONE;
  private int actionNamespace;

  FeatureGroups() {
    Arrays.setAll(tables, i -> new GroupTable());
  }

  /** Begins an example with what all its actions share. */
  void startExample(FeatureRules newRules, List<Namespace> context, List<Namespace> session) {
    rules = newRules;
    actionNamespace = rules.hash().namespace(ACTION);
    table = shared;
    table.clear();
    indices[0] = CONSTANT_HASH * rules.scale();
    values[0] = 1;
    size = 1;
    addAll(context);
    addAll(session);
  }

  /** Adds what a slot has to what is shared. */
  void addSlot(Slot slot, int slotIndex) {
    addId(SLOT.charAt(0), rules.hash().namespace(SLOT), slot.getId());
    addAll(slot.getFeaturesList());
    int start = size;
    addNumber(SLOT_INDEX + slotIndex, 1, rules.hash().namespace(SLOT_INDEX_NAMESPACE));
    scale(start);
    addRun(SLOT_INDEX_LETTER, start);
  }

  /** Ends what is shared: the actions follow. */
  void endShared() {
    sharedEnd = size;
  }

  /** Takes an action in place of all before. */
  void setAction(Action action) {
    startActions();
    addAction(0, action);
  }

  /** Forgets the actions: others follow. */
  void startActions() {
    size = sharedEnd;
  }

  /**
   * Takes an action beside those that have the places before, and looks at it.
   *
   * @param place below {@link #ACTIONS}
   */
  void addAction(int place, Action action) {
    select(place);
    table.clear();
    addId(ACTION.charAt(0), actionNamespace, action.getId());
    for (int i = 0; i < action.getNamespacesCount(); i++) {
      addOfAction(action.getNamespaces(i));
    }
    if (rules.constant()) {
      table.add(CONSTANT_LETTER, 0, 1);
    }
    for (int i = 0; i < shared.size(); i++) {
      int group = table.of(shared.letter(i));
      if (group < 0) {
        table.add(shared.letter(i), shared.start(i), shared.end(i));
      } else {
        append(group, shared.start(i), shared.end(i));
      }
    }
  }

  /** True: each action has the constant, which lies at position 0. */
  boolean hasConstant() {
    return rules.constant();
  }

  /** Where the features that all actions share lie, without the constant. */
  GroupTable shared() {
    return shared;
  }

  /** Looks at the action of a place. */
  void select(int place) {
    table = tables[place];
  }

  /** Where the features of the action looked at lie. */
  GroupTable table() {
    return table;
  }

  /** Where the features of the action of a place lie. */
  GroupTable table(int place) {
    return tables[place];
  }

  /** True: what begins there is the constant or shared, the same for all actions. */
  boolean isShared(int start) {
    return start < sharedEnd;
  }

  /** Indices of the features, scaled but not masked; not beyond the ends of the groups. */
  int[] indices() {
    return indices;
  }

  float[] values() {
    return values;
  }

  int groups() {
    return table.size();
  }

  char letter(int group) {
    return table.letter(group);
  }

  /** Where a group begins in the arrays. */
  int start(int group) {
    return table.start(group);
  }

  /** Where a group ends. */
  int end(int group) {
    return table.end(group);
  }

  /** The group of a letter; negative: there is none. */
  int group(char letter) {
    return table.of(letter);
  }

  private void addId(char letter, int namespace, String id) {
    if (rules.takes(letter)) {
      int start = size;
      addText(ID, id, namespace);
      scale(start);
      addRun(letter, start);
    }
  }

  private void addAll(List<Namespace> namespaces) {
    for (int i = 0; i < namespaces.size(); i++) {
      add(namespaces.get(i));
    }
  }

  private void add(Namespace namespace) {
    char letter = namespace.getName().charAt(0);
    if (rules.takes(letter)) {
      int start = size;
      hash(namespace);
      scale(start);
      addRun(letter, start);
    }
  }

  /** The same where the namespace may come again. */
  private void addOfAction(Namespace namespace) {
    HashedNamespaces hashed = rules.hashed();
    int key = hashed.key(namespace, rules.hash());
    if (key == 0) {
      add(namespace);
      return;
    }
    char letter = namespace.getName().charAt(0);
    if (!rules.takes(letter)) {
      return;
    }
    int start = size;
    HashedNamespaces.Hashed known = hashed.find(key, namespace, rules.hash());
    if (known != null) {
      copy(known);
    } else {
      hash(namespace);
      if (hashed.isMetAgain(key)) {
        hashed.keep(key, namespace, rules.hash(), indices, values, start, size);
      }
    }
    scale(start);
    addRun(letter, start);
  }

  private void copy(HashedNamespaces.Hashed known) {
    int count = known.indices().length;
    room(count);
    System.arraycopy(known.indices(), 0, indices, size, count);
    System.arraycopy(known.values(), 0, values, size, count);
    size += count;
  }

  /** Appends a namespace's features by their hashes as they are. */
  private void hash(Namespace namespace) {
    String namespaceName = namespace.getName();
    room(0, namespaceName);
    int length = EscapedText.writeName(name, 0, namespaceName);
    int namespaceHash = rules.hash().feature(name, length, rules.hash().seed());
    List<Feature> features = namespace.getFeaturesList();
    for (int i = 0; i < features.size(); i++) {
      add(features.get(i), namespaceHash);
    }
  }

  /** Multiplies the hashes from {@code start} on. */
  private void scale(int start) {
    int by = rules.scale();
    for (int i = start; i < size && by != 1; i++) {
      indices[i] *= by;
    }
  }

  private void add(Feature feature, int namespace) {
    String featureName = feature.getName();
    FeatureValue value = feature.getValue();
    switch (value.getKindCase()) {
      case NUMBER -> {
        float number = (float) value.getNumber();
        // VW drops a feature that is 0.
        if (number != 0) {
          addNumber(featureName, number, namespace);
        }
      }
      case TEXT -> addText(featureName, value.getText(), namespace);
      case TEXTS -> {
        for (int i = 0; i < value.getTexts().getValuesCount(); i++) {
          addText(featureName, value.getTexts().getValues(i), namespace);
        }
      }
      case KIND_NOT_SET -> {}
    }
  }

  private void addNumber(String featureName, float number, int namespace) {
    long hash = FeatureHash.plain(featureName, namespace);
    if (hash == FeatureHash.NOT_PLAIN) {
      room(0, featureName);
      int length = EscapedText.writeName(name, 0, featureName);
      hash = rules.hash().feature(name, length, namespace);
    }
    addFeature((int) hash, number);
  }

  /** Adds {@code name=text}. */
  private void addText(String featureName, String text, int namespace) {
    long hash = FeatureHash.plain(featureName, text, namespace);
    if (hash == FeatureHash.NOT_PLAIN) {
      room(0, featureName);
      int length = EscapedText.writeName(name, 0, featureName);
      room(length + 1, text);
      name[length] = '=';
      length = EscapedText.writeValue(name, length + 1, text);
      hash = rules.hash().feature(name, length, namespace);
    }
    addFeature((int) hash, 1);
  }

  private void addFeature(int hash, float value) {
    room(1);
    indices[size] = hash;
    values[size++] = value;
  }

  /** The features from {@code start} on belong to a letter. */
  private void addRun(char letter, int start) {
    if (size == start) {
      return;
    }
    int group = table.of(letter);
    if (group < 0) {
      table.add(letter, start, size);
    } else if (table.end(group) == start) {
      table.move(group, table.start(group), size);
    } else {
      append(group, start, size);
    }
  }

  /** Moves a group to the end, with a stretch of other features after its own. */
  private void append(int group, int start, int end) {
    int ownStart = table.start(group);
    int ownEnd = table.end(group);
    room(ownEnd - ownStart + end - start);
    int newStart = size;
    copy(ownStart, ownEnd);
    copy(start, end);
    table.move(group, newStart, size);
  }

  private void copy(int start, int end) {
    System.arraycopy(indices, start, indices, size, end - start);
    System.arraycopy(values, start, values, size, end - start);
    size += end - start;
  }

  private void room(int features) {
    if (indices.length - size < features) {
      int length = Math.max(2 * indices.length, size + features);
      indices = Arrays.copyOf(indices, length);
      values = Arrays.copyOf(values, length);
    }
  }

  private void room(int length, String text) {
    int needed = length + EscapedText.LARGEST * text.length();
    if (name.length < needed) {
      name = Arrays.copyOf(name, Math.max(2 * name.length, needed));
    }
  }
}
