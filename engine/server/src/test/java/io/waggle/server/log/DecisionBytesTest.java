package io.waggle.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import java.util.IdentityHashMap;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionBytesTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aDecisionIsReadAsItWasWhicheverOfItsActionsAreKnown(long seed) throws Exception {
    Random random = new Random(seed);
    IdentityHashMap<Action, byte[]> known = new IdentityHashMap<>();
    int asked = 0;
    DecisionBytes bytes = new DecisionBytes(known::get);
    for (int run = 0; run < 50; run++) {
      Decision.Builder decision =
          Decision.newBuilder()
              .setDecisionId("d" + run)
              .setSurface("front")
              .setUserId(random.nextBoolean() ? "ann" : "")
              .setPropensity(random.nextDouble())
              .setModelVersion(random.nextLong(1_000));
      int actions = random.nextInt(6);
      for (int i = 0; i < actions; i++) {
        Action action = action(i, random);
        decision.addActions(action).addOrder(i).addProbabilities(random.nextDouble());
        if (random.nextBoolean()) {
          known.put(action, action.toByteArray());
          asked++;
        }
      }

      assertThat(Decision.parseFrom(bytes.of(decision.build()))).isEqualTo(decision.build());
    }
    assertThat(asked).isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "an id of some length"})
  void knownBytesAreCopiedAndNotMadeAgain(String id) throws Exception {
    Action action = Action.newBuilder().setId("is not looked at").build();
    Action known = Action.newBuilder().setId(id).build();
    Decision decision = Decision.newBuilder().setDecisionId("d").addActions(action).build();

    assertThat(Decision.parseFrom(new DecisionBytes(any -> known.toByteArray()).of(decision)))
        .isEqualTo(Decision.newBuilder().setDecisionId("d").addActions(known).build());
  }

  private static Action action(int i, Random random) {
    Namespace.Builder namespace = Namespace.newBuilder().setName("item");
    for (int f = random.nextInt(4); f > 0; f--) {
      namespace.addFeatures(
          Feature.newBuilder()
              .setName("f" + f)
              .setValue(FeatureValue.newBuilder().setNumber(random.nextDouble())));
    }
    return Action.newBuilder().setId("a" + i).addNamespaces(namespace).build();
  }
}
