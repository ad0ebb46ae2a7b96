package io.waggle.core.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Examples;
import io.waggle.v1.Action;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActionIndexesTest {
  private final ActionIndexes indexes = new ActionIndexes(3);
  private final List<List<Action>> held = new ArrayList<>();

  @Test
  void listsMadeForOneRequestDoNotPushOutThoseThatComeAgain() {
    List<Action> one = catalogue();
    List<Action> other = catalogue();
    IndexedActions ofOne = indexOf(one);
    assertThat(indexOf(one)).isSameAs(ofOne);
    IndexedActions ofOther = indexOf(other);
    assertThat(indexOf(other)).isSameAs(ofOther);

    for (int i = 0; i < 10; i++) {
      indexOf(catalogue());
    }

    assertThat(indexOf(one)).isSameAs(ofOne);
    assertThat(indexOf(other)).isSameAs(ofOther);
  }

  @Test
  void ofMoreThanItsBoundTheOneMetLongestAgoIsForgotten() {
    List<List<Action>> catalogues = List.of(catalogue(), catalogue(), catalogue(), catalogue());
    List<IndexedActions> before = new ArrayList<>();
    for (List<Action> each : catalogues) {
      before.add(indexOf(each));
      indexOf(each);
    }

    assertThat(indexOf(catalogues.get(3))).isSameAs(before.get(3));
    assertThat(indexOf(catalogues.get(2))).isSameAs(before.get(2));
    assertThat(indexOf(catalogues.get(1))).isSameAs(before.get(1));
    assertThat(indexOf(catalogues.get(0))).isNotSameAs(before.get(0));
  }

  private IndexedActions indexOf(List<Action> actions) {
    return indexes.of(FeatureRules.NONE, actions);
  }

  /** Another list each time, held so that it is not forgotten for being gone. */
  private List<Action> catalogue() {
    List<Action> actions = List.of(Examples.action("a"));
    held.add(actions);
    return actions;
  }
}
