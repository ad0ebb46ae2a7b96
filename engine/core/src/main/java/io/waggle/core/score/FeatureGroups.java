package io.waggle.core.score;

import io.waggle.core.feature.EscapedText;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The features of one action at a time as VW groups them: by the first letter of their namespace,
 * own groups in order of appearance, then the constant, then what is shared. Reused from action to
 * action and from example to example, so that nothing is allocated once the arrays have grown; the
 * shared features are hashed once. One thread.
 *
 * <p>The features lie in two arrays, index and value; a group is a stretch of them. INVARIANT:
 * position 0 is the constant, from 1 to {@code sharedEnd} is what is shared, after it what belongs
 * to the action. Where an action has a letter of its own that is also shared, both are copied to a
 * stretch at the end, own ones first.
 */
final class FeatureGroups {
  /** The letter of a slot's index, which no namespace has. */
  static final char SLOT_INDEX_LETTER = 140;

  private static final int CONSTANT_HASH = 11_650_396;
  private static final char CONSTANT_LETTER = 128;
  private static final int LETTERS = 256;
  private static final int ABSENT = -1;
  private static final byte[] ACTION = "action".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SLOT = "Slot".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ID = "id=".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SLOT_INDEX = "index".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SLOT_INDEX_NAMESPACE = "_id".getBytes(StandardCharsets.US_ASCII);

  private byte[] name = new byte[256];
  private int[] indices = new int[256];
  private float[] values = new float[256];
  private int size;
  private int sharedEnd;

  private final char[] groupLetters = new char[LETTERS];
  private final int[] starts = new int[LETTERS];
  private final int[] ends = new int[LETTERS];
  private final byte[] groupOfLetter = new byte[LETTERS];
  private int groups;

  private final char[] sharedLetters = new char[LETTERS];
  private final int[] sharedStarts = new int[LETTERS];
  private final int[] sharedEnds = new int[LETTERS];
  private int sharedGroups;

  private FeatureRules rules = FeatureRules.NONE;

  FeatureGroups() {
    Arrays.fill(groupOfLetter, (byte) ABSENT);
  }

  /** Begins an example with what all its actions share. */
  void startExample(FeatureRules newRules, List<Namespace> context, List<Namespace> session) {
    rules = newRules;
    clearGroups();
    indices[0] = CONSTANT_HASH * rules.scale();
    values[0] = 1;
    size = 1;
    addAll(context);
    addAll(session);
  }

  /** Adds what a slot has to what is shared. */
  void addSlot(Slot slot, int slotIndex) {
    addId(SLOT, slot.getId());
    addAll(slot.getFeaturesList());
    int start = size;
    int length = ascii(0, SLOT_INDEX);
    length = ascii(length, Integer.toString(slotIndex).getBytes(StandardCharsets.US_ASCII));
    int index = rules.hash().feature(name, length, namespace(SLOT_INDEX_NAMESPACE));
    addFeature(index, 1);
    addRun(SLOT_INDEX_LETTER, start);
  }

  /** Ends what is shared: the actions follow. */
  void endShared() {
    System.arraycopy(groupLetters, 0, sharedLetters, 0, groups);
    System.arraycopy(starts, 0, sharedStarts, 0, groups);
    System.arraycopy(ends, 0, sharedEnds, 0, groups);
    sharedGroups = groups;
    sharedEnd = size;
  }

  /** Takes an action in place of the one before. */
  void setAction(Action action) {
    clearGroups();
    size = sharedEnd;
    addId(ACTION, action.getId());
    addAll(action.getNamespacesList());
    if (rules.constant()) {
      addGroup(CONSTANT_LETTER, 0, 1);
    }
    for (int i = 0; i < sharedGroups; i++) {
      int group = groupOfLetter[sharedLetters[i]];
      if (group == ABSENT) {
        addGroup(sharedLetters[i], sharedStarts[i], sharedEnds[i]);
      } else {
        append(group, sharedStarts[i], sharedEnds[i]);
      }
    }
  }

  /** Indices of the features, scaled but not masked; not beyond the ends of the groups. */
  int[] indices() {
    return indices;
  }

  float[] values() {
    return values;
  }

  int groups() {
    return groups;
  }

  char letter(int group) {
    return groupLetters[group];
  }

  /** Where a group begins in the arrays. */
  int start(int group) {
    return starts[group];
  }

  /** Where a group ends. */
  int end(int group) {
    return ends[group];
  }

  /** The group of a letter; negative: there is none. */
  int group(char letter) {
    return groupOfLetter[letter];
  }

  private void clearGroups() {
    for (int i = 0; i < groups; i++) {
      groupOfLetter[groupLetters[i]] = ABSENT;
    }
    groups = 0;
  }

  private void addId(byte[] namespaceName, String id) {
    char letter = (char) namespaceName[0];
    if (!rules.takes(letter)) {
      return;
    }
    int namespace = namespace(namespaceName);
    int start = size;
    int length = ascii(0, ID);
    room(length, id);
    length = EscapedText.writeValue(name, length, id);
    addFeature(rules.hash().feature(name, length, namespace), 1);
    addRun(letter, start);
  }

  private void addAll(List<Namespace> namespaces) {
    for (int i = 0; i < namespaces.size(); i++) {
      add(namespaces.get(i));
    }
  }

  private void add(Namespace namespace) {
    String namespaceName = namespace.getName();
    char letter = namespaceName.charAt(0);
    if (!rules.takes(letter)) {
      return;
    }
    room(0, namespaceName);
    int length = EscapedText.writeName(name, 0, namespaceName);
    int namespaceHash = rules.hash().feature(name, length, rules.hash().seed());
    int start = size;
    List<Feature> features = namespace.getFeaturesList();
    for (int i = 0; i < features.size(); i++) {
      add(features.get(i), namespaceHash);
    }
    addRun(letter, start);
  }

  private void add(Feature feature, int namespace) {
    String featureName = feature.getName();
    room(0, featureName);
    int length = EscapedText.writeName(name, 0, featureName);
    FeatureValue value = feature.getValue();
    switch (value.getKindCase()) {
      case NUMBER -> {
        float number = (float) value.getNumber();
        // VW drops a feature that is 0.
        if (number != 0) {
          addFeature(rules.hash().feature(name, length, namespace), number);
        }
      }
      case TEXT -> addText(length, value.getText(), namespace);
      case TEXTS -> {
        for (int i = 0; i < value.getTexts().getValuesCount(); i++) {
          addText(length, value.getTexts().getValues(i), namespace);
        }
      }
      case KIND_NOT_SET -> {}
    }
  }

  /** Adds {@code name=text}, the name being there already. */
  private void addText(int nameLength, String text, int namespace) {
    room(nameLength + 1, text);
    name[nameLength] = '=';
    int length = EscapedText.writeValue(name, nameLength + 1, text);
    addFeature(rules.hash().feature(name, length, namespace), 1);
  }

  private void addFeature(int hash, float value) {
    room(1);
    indices[size] = hash * rules.scale();
    values[size++] = value;
  }

  private int namespace(byte[] asciiName) {
    return rules.hash().feature(asciiName, asciiName.length, rules.hash().seed());
  }

  private int ascii(int at, byte[] text) {
    System.arraycopy(text, 0, name, at, text.length);
    return at + text.length;
  }

  /** The features from {@code start} on belong to a letter. */
  private void addRun(char letter, int start) {
    if (size == start) {
      return;
    }
    int group = groupOfLetter[letter];
    if (group == ABSENT) {
      addGroup(letter, start, size);
    } else if (ends[group] == start) {
      ends[group] = size;
    } else {
      append(group, start, size);
    }
  }

  private void addGroup(char letter, int start, int end) {
    groupLetters[groups] = letter;
    starts[groups] = start;
    ends[groups] = end;
    groupOfLetter[letter] = (byte) groups++;
  }

  /** Moves a group to the end, with a stretch of other features after its own. */
  private void append(int group, int start, int end) {
    int own = ends[group] - starts[group];
    room(own + end - start);
    int newStart = size;
    copy(starts[group], ends[group]);
    copy(start, end);
    starts[group] = newStart;
    ends[group] = size;
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
    int needed = length + EscapedText.LARGEST * text.length() + ID.length;
    if (name.length < needed) {
      name = Arrays.copyOf(name, Math.max(2 * name.length, needed));
    }
  }
}
