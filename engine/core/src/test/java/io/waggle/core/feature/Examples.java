package io.waggle.core.feature;

import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import io.waggle.v1.TextList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small examples for tests, by hand and at random. */
public final class Examples {
  /** What a hostile or merely foreign text is made of. */
  private static final String[] PIECES = {
    "a",
    "Z",
    "7",
    " ",
    "\t",
    "\n",
    "\r",
    "|",
    ":",
    "%",
    "=",
    "%20",
    "|x ",
    "\u0000",
    "\u007f",
    "é",
    "日本",
    "\uD83D\uDC1D",
    "0:1:0.5 ",
    "shared ",
    "\u2028",
    "\\",
    "'",
    "\"",
    "^",
    "#",
    "1e400",
    "nan"
  };

  private Examples() {}

  public static Namespace namespace(String name, Feature... features) {
    return Namespace.newBuilder().setName(name).addAllFeatures(List.of(features)).build();
  }

  public static Feature number(String name, double value) {
    return feature(name, FeatureValue.newBuilder().setNumber(value));
  }

  public static Feature text(String name, String value) {
    return feature(name, FeatureValue.newBuilder().setText(value));
  }

  public static Feature texts(String name, String... values) {
    return feature(
        name,
        FeatureValue.newBuilder().setTexts(TextList.newBuilder().addAllValues(List.of(values))));
  }

  public static Action action(String id, Namespace... namespaces) {
    return Action.newBuilder().setId(id).addAllNamespaces(List.of(namespaces)).build();
  }

  /** Actions without features and no shared features. */
  public static Example plain(String... ids) {
    return new Example(List.of(), List.of(), List.of(ids).stream().map(id -> action(id)).toList());
  }

  /** Actions without features for a user. */
  public static Example forUser(String user, String... ids) {
    return new Example(
        List.of(namespace("context", text("user", user))),
        List.of(),
        List.of(ids).stream().map(id -> action(id)).toList());
  }

  /**
   * Actions without features for a user, and slots {@code s0}, {@code s1}, ... without features.
   */
  public static Example forSlots(String user, int slots, String... ids) {
    Example single = forUser(user, ids);
    return new Example(
        single.context(),
        List.of(),
        single.actions(),
        0,
        IntStream.range(0, slots).mapToObj(i -> Slot.newBuilder().setId("s" + i).build()).toList());
  }

  /** The same as {@link #random} with at least one slot. */
  public static Example randomSlots(Random random) {
    Example single = random(random);
    int slots = 1 + random.nextInt(Math.min(4, single.actions().size()));
    List<Slot> all = new ArrayList<>();
    for (int i = 0; i < slots; i++) {
      all.add(
          Slot.newBuilder()
              .setId(randomText(random) + i)
              .addAllFeatures(randomNamespaces(random))
              .build());
    }
    return new Example(single.context(), single.session(), single.actions(), 0, all);
  }

  /** Anything that the contract allows, of texts that try to be syntax. */
  public static Example random(Random random) {
    List<Action> actions = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      actions.add(
          Action.newBuilder()
              .setId(randomText(random) + i)
              .addAllNamespaces(randomNamespaces(random))
              .build());
    }
    return new Example(randomNamespaces(random), randomNamespaces(random), actions);
  }

  private static List<Namespace> randomNamespaces(Random random) {
    List<Namespace> namespaces = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Namespace.Builder namespace = Namespace.newBuilder();
      namespace.setName(String.valueOf((char) ('a' + random.nextInt(26))) + i + "_X");
      for (int j = random.nextInt(4); j > 0; j--) {
        namespace.addFeatures(randomFeature(random));
      }
      namespaces.add(namespace.build());
    }
    return namespaces;
  }

  private static Feature randomFeature(Random random) {
    String name = "n" + randomText(random);
    return switch (random.nextInt(3)) {
      case 0 -> number(name, (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12) - 6));
      case 1 -> text(name, randomText(random));
      default -> texts(name, randomText(random), randomText(random));
    };
  }

  private static String randomText(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  public static Feature feature(String name, FeatureValue.Builder value) {
    return Feature.newBuilder().setName(name).setValue(value).build();
  }
}
