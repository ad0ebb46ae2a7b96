package io.waggle.core.feature;

import io.waggle.v1.Namespace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which namespaces of actions a learner can bear, with a bound on their text; those that come again
 * are looked into once. Any thread.
 */
final class SoundNamespaces {
  /** Of all actions that this process ranks. */
  private static final RecurringNamespaces<Sound> KNOWN =
      new RecurringNamespaces<>(1 << 15, 1 << 15);

  private record Sound(long textBound) {}

  private SoundNamespaces() {}

  /** The first broken rule after the name of the field; null: there is none. */
  static @Nullable String problem(List<Namespace> namespaces) {
    for (int i = 0; i < namespaces.size(); i++) {
      Namespace namespace = namespaces.get(i);
      int key = RecurringNamespaces.key(namespace);
      if (key == 0 || KNOWN.find(key, namespace) == null) {
        String problem = ExampleRules.problem(i, namespace);
        if (problem != null) {
          return problem;
        }
        if (key != 0 && KNOWN.isMetAgain(key)) {
          KNOWN.keep(key, namespace, new Sound(TextBounds.atMost(namespace)), 1);
        }
      }
    }
    return null;
  }

  /** At least as many characters as the text of sound namespaces has. */
  static long textBound(List<Namespace> namespaces) {
    long bound = 0;
    for (int i = 0; i < namespaces.size(); i++) {
      Namespace namespace = namespaces.get(i);
      int key = RecurringNamespaces.key(namespace);
      Sound known = key == 0 ? null : KNOWN.find(key, namespace);
      bound += known == null ? TextBounds.atMost(namespace) : known.textBound();
    }
    return bound;
  }
}
