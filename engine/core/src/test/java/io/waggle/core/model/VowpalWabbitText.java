package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Vowpal Wabbit's multi-line text as our examples: what the conformance cases have that are not
 * dsjson. A word {@code name=value} is a text, {@code name:2} a number, {@code name} the number 1;
 * a namespace without a name is called as in dsjson. Namespace {@code Slot} is called {@code
 * Place}: our encoding has an id in the former that tests take out by its letter.
 */
final class VowpalWabbitText {
  private static final String NO_NAME = "z";

  private VowpalWabbitText() {}

  /** The examples of a file, which empty lines part. */
  static List<LabelledExample> examples(String file) {
    return Stream.of(file.split("\n\\s*\n"))
        .filter(example -> !example.isBlank())
        .map(VowpalWabbitText::example)
        .toList();
  }

  private static LabelledExample example(String text) {
    List<Namespace> context = List.of();
    List<Action> actions = new ArrayList<>();
    List<Slot> slots = new ArrayList<>();
    List<SlotOutcome> outcomes = new ArrayList<>();
    for (String line : text.strip().lines().toList()) {
      int bar = line.indexOf('|');
      String head = line.substring(0, bar).strip();
      List<Namespace> namespaces = namespaces(line.substring(bar));
      String label = head.substring(head.lastIndexOf(' ') + 1);
      if (head.endsWith("shared")) {
        context = namespaces;
      } else if (head.startsWith("ccb slot")) {
        slots.add(
            Slot.newBuilder()
                .setId(String.valueOf(slots.size() + 1))
                .addAllFeatures(namespaces)
                .build());
        if (label.contains(":")) {
          outcomes.add(outcome(label));
        }
      } else {
        if (!label.isEmpty() && !head.startsWith("ccb")) {
          SlotOutcome outcome = outcome(label);
          outcomes.add(new SlotOutcome(actions.size(), outcome.cost(), outcome.propensity()));
        }
        actions.add(
            Action.newBuilder()
                .setId(String.valueOf(actions.size() + 1))
                .addAllNamespaces(namespaces)
                .build());
      }
    }
    return new LabelledExample(new Example(context, List.of(), actions, 0, slots), outcomes);
  }

  /** {@code action:cost:probability}. */
  private static SlotOutcome outcome(String label) {
    String[] parts = label.split(":", -1);
    return new SlotOutcome(
        Integer.parseInt(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
  }

  private static List<Namespace> namespaces(String text) {
    List<Namespace> namespaces = new ArrayList<>();
    for (String one : text.substring(1).split("\\|", -1)) {
      int nameEnd = one.indexOf(' ') < 0 ? one.length() : one.indexOf(' ');
      Namespace.Builder namespace = Namespace.newBuilder().setName(name(one.substring(0, nameEnd)));
      for (String word : one.substring(nameEnd).strip().split("\\s+", -1)) {
        if (!word.isEmpty()) {
          namespace.addFeatures(feature(word));
        }
      }
      namespaces.add(namespace.build());
    }
    return namespaces;
  }

  private static String name(String name) {
    return name.isEmpty() ? NO_NAME : name.equals("Slot") ? "Place" : name;
  }

  private static Feature feature(String word) {
    FeatureValue.Builder value = FeatureValue.newBuilder();
    int equals = word.indexOf('=');
    int colon = word.indexOf(':');
    String name = word;
    if (equals >= 0) {
      name = word.substring(0, equals);
      value.setText(word.substring(equals + 1));
    } else if (colon >= 0) {
      name = word.substring(0, colon);
      value.setNumber(Double.parseDouble(word.substring(colon + 1)));
    } else {
      value.setNumber(1);
    }
    return Feature.newBuilder().setName(name).setValue(value).build();
  }
}
