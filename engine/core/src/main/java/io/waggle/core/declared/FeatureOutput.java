package io.waggle.core.declared;

import io.waggle.state.feature.ValueField;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.TextList;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the features of one request or action by namespace, and holds the contract's bounds
 * whatever the data. One thread.
 */
final class FeatureOutput {
  /** Most features of a namespace, most namespaces of a list, largest number: the contract's. */
  static final int MAX_FEATURES = 1_000;

  static final int MAX_NAMESPACES = 16;
  private static final double MAX_NUMBER = 1e6;

  private static final int MAX_NAME_BYTES = 256;
  private static final int MAX_TEXT_BYTES = 1_024;
  private static final int MAX_TEXTS = 256;

  private final List<Namespace.Builder> namespaces = new ArrayList<>();
  private Namespace.Builder current = Namespace.newBuilder();

  /** What is added next is of that namespace. */
  void in(String namespace) {
    for (Namespace.Builder each : namespaces) {
      if (each.getName().equals(namespace)) {
        current = each;
        return;
      }
    }
    current = Namespace.newBuilder().setName(namespace);
    namespaces.add(current);
  }

  void text(String name, String text) {
    add(name, FeatureValue.newBuilder().setText(ValueField.cut(text, MAX_TEXT_BYTES)));
  }

  /** Nothing where there are none. */
  void texts(String name, List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    TextList.Builder list = TextList.newBuilder();
    for (String text : texts.subList(0, Math.min(texts.size(), MAX_TEXTS))) {
      list.addValues(ValueField.cut(text, MAX_TEXT_BYTES));
    }
    add(name, FeatureValue.newBuilder().setTexts(list));
  }

  /** A finite number; what is beyond the contract's bound is the bound. */
  void number(String name, double number) {
    double bounded = Math.max(-MAX_NUMBER, Math.min(MAX_NUMBER, number));
    add(name, FeatureValue.newBuilder().setNumber(bounded));
  }

  private void add(String name, FeatureValue.Builder value) {
    if (current.getFeaturesCount() < MAX_FEATURES) {
      current.addFeatures(
          Feature.newBuilder().setName(ValueField.cut(name, MAX_NAME_BYTES)).setValue(value));
    }
  }

  boolean isEmpty() {
    return namespaces.stream().allMatch(each -> each.getFeaturesCount() == 0);
  }

  /** Those that have features, in the order in which they were named. */
  List<Namespace> namespaces() {
    return namespaces.stream()
        .filter(each -> each.getFeaturesCount() > 0)
        .map(Namespace.Builder::build)
        .toList();
  }

  /**
   * The features behind those that an action has: in its namespace of the same name while that has
   * room, else in a namespace of their own while there are fewer than 16. What finds no room is
   * left out.
   */
  List<Namespace> behind(List<Namespace> given) {
    List<Namespace> all = new ArrayList<>(given);
    for (Namespace added : namespaces()) {
      int same = indexOf(given, added.getName());
      if (same < 0) {
        if (all.size() < MAX_NAMESPACES) {
          all.add(added);
        }
        continue;
      }
      int room = MAX_FEATURES - all.get(same).getFeaturesCount();
      all.set(
          same,
          all.get(same).toBuilder()
              .addAllFeatures(
                  added.getFeaturesList().subList(0, Math.min(room, added.getFeaturesCount())))
              .build());
    }
    return all;
  }

  private static int indexOf(List<Namespace> namespaces, String name) {
    for (int i = 0; i < namespaces.size(); i++) {
      if (namespaces.get(i).getName().equals(name)) {
        return i;
      }
    }
    return -1;
  }
}
