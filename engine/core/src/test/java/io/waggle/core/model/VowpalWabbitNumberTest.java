package io.waggle.core.model;

import static io.waggle.core.feature.Examples.action;
import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.feature.Example;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vowpalwabbit.spark.VowpalWabbitExample;
import org.vowpalwabbit.spark.VowpalWabbitMurmur;
import org.vowpalwabbit.spark.VowpalWabbitNative;
import org.vowpalwabbit.spark.prediction.ScalarPrediction;
import vowpalWabbit.responses.ActionProb;
import vowpalWabbit.responses.ActionProbs;

/** VW reads the numbers we write as exactly the floats that its binary interface is given. */
class VowpalWabbitNumberTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void everyNumberIsReadAsTheNearestFloat(long seed) throws Exception {
    NativeLibrary.load();
    Random random = new Random(seed);
    int index = VowpalWabbitMurmur.hash("x", VowpalWabbitMurmur.hash("c", 0));
    try (VowpalWabbitNative model =
            new VowpalWabbitNative(
                "--quiet --noconstant --min_prediction -1e30 --max_prediction 1e30");
        VowpalWabbitExample binary = model.createExample()) {
      model.learnFromString("1 |c x:1");
      for (int i = 0; i < 20_000; i++) {
        double value = randomNumber(random);
        binary.clear();
        binary.addToNamespaceSparse('c', new int[] {index}, new double[] {(float) value});

        assertThat(scalar(model.predictFromString(line(value))))
            .as("%s", value)
            .isEqualTo(scalar(model.predict(new VowpalWabbitExample[] {binary})));
      }
    }
  }

  @Test
  void theLabelsNumbersAreReadExactlyToo() {
    NativeLibrary.load();
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      double cost = (float) (random.nextDouble() * 20 - 10);
      double propensity = (float) (random.nextDouble() * 0.9 + 0.05);
      String text =
          io.waggle.core.feature.Examples.plain("a", "b").labelledText(1, cost, propensity);

      try (VowpalWabbitNative byText = learner();
          VowpalWabbitNative byBytes = learner();
          VowpalWabbitExample first = byBytes.createExample();
          VowpalWabbitExample second = byBytes.createExample()) {
        int namespace = VowpalWabbitMurmur.hash("action", 0);
        first.addToNamespaceSparse(
            'a', new int[] {VowpalWabbitMurmur.hash("id=a", namespace)}, new double[] {1});
        first.setDefaultLabel();
        second.addToNamespaceSparse(
            'a', new int[] {VowpalWabbitMurmur.hash("id=b", namespace)}, new double[] {1});
        second.setContextualBanditLabel(0, cost, propensity);
        byText.learnFromString(text);
        byBytes.learn(new VowpalWabbitExample[] {first, second});

        String question = io.waggle.core.feature.Examples.plain("a", "b").text();
        assertThat(probabilities(byText.predictFromString(question)))
            .as("cost %s propensity %s", cost, propensity)
            .isEqualTo(probabilities(byBytes.predictFromString(question)));
      }
    }
  }

  /** Softmax: its probabilities show every change of a weight. */
  private static VowpalWabbitNative learner() {
    return new VowpalWabbitNative("--quiet --cb_explore_adf --softmax --noconstant --cb_type ips");
  }

  private static List<String> probabilities(Object answer) {
    return List.of(((ActionProbs) answer).getActionProbs()).stream()
        .map(ActionProb::toString)
        .toList();
  }

  private static double randomNumber(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextInt(2_000_001) - 1_000_000;
      case 1 -> Math.round(random.nextGaussian() * 1_000) / 1_000.0;
      case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6);
      case 3 -> random.nextDouble();
      default -> Float.intBitsToFloat(random.nextInt(0x01000000));
    };
  }

  /** The shared line of an example with one shared number, without its keyword. */
  private static String line(double value) {
    String text =
        new Example(
                List.of(namespace("c", number("x", value))), List.of(), List.of(action("ignored")))
            .text();
    return text.lines().findFirst().orElseThrow().substring("shared ".length());
  }

  private static float scalar(Object answer) {
    return ((ScalarPrediction) answer).getValue();
  }
}
