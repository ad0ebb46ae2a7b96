package io.waggle.core.feature;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.Namespace;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Namespaces of actions that come again are looked into once, and broken ones every time. */
class SoundNamespacesTest {
  private static final int REQUESTS = 5;

  @Test
  void aBrokenNamespaceIsRefusedHoweverOftenItComes() {
    Action broken = action("a", namespace("item", number("size", 1), number("weight", 1e7)));

    for (int request = 0; request < REQUESTS; request++) {
      assertThat(problem(broken))
          .startsWith("actions[0].namespaces[0].features[1].value.number: 1.0E7");
    }
  }

  @Test
  void aNamespaceThatBecomesBrokenIsAnotherOne() {
    Namespace sound = namespace("item", number("size", 1), number("weight", 1));
    for (int request = 0; request < REQUESTS; request++) {
      assertThat(problem(action("a", sound))).isNull();
    }
    Namespace changed = sound.toBuilder().addFeatures(number("height", Double.NaN)).build();

    assertThat(problem(action("a", changed))).contains("features[2].value.number: NaN");
    assertThat(problem(action("a", sound))).isNull();
  }

  @Test
  void theBoundOfAKnownNamespaceIsThatOfANewOne() {
    List<Namespace> namespaces =
        List.of(
            namespace("item", number("size", 1), text("title", "é|:% of so many words")),
            namespace("one", number("size", 1)));
    long expected = TextBounds.atMost(namespaces.get(0)) + TextBounds.atMost(namespaces.get(1));

    for (int request = 0; request < REQUESTS; request++) {
      assertThat(SoundNamespaces.problem(namespaces)).isNull();
      assertThat(SoundNamespaces.textBound(namespaces)).isEqualTo(expected);
    }
  }

  private static @Nullable String problem(Action action) {
    return new Example(List.of(), List.of(), List.of(action)).problem();
  }
}
