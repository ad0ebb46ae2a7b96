package io.waggle.core.codec;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.Examples;
import io.waggle.core.model.Learner;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.VowpalWabbitLearner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Command lines and models for tests, at random from a seed. */
public final class TrainedModels {
  private static final List<String> EXPLORATIONS =
      List.of(
          "",
          "--epsilon 0.1",
          "--epsilon 0.2 --first_only",
          "--softmax --lambda 3",
          "--squarecb",
          "--squarecb --gamma_scale 20 --gamma_exponent 0.3",
          "--regcb --mellowness 0.01 --cb_min_cost -1 --cb_max_cost 0",
          "--first 120 --epsilon 0.05",
          "--bag 3",
          "--bag 4 --greedify --random_seed 5",
          "--cover 3",
          "--cover 2 --psi 0.5 --nounif --epsilon 0.1",
          "--rnd 2 --epsilon 0.1",
          "--rnd 1 --rnd_alpha 0.2 --rnd_invlambda 0.3 --epsilon 0.1");

  private static final List<String> INTERACTIONS =
      List.of(
          "",
          "-q ca",
          "-q cc aa",
          "--quadratic :: --noconstant",
          "--cubic cca",
          "--interactions cca ca --ignore_linear c",
          "--interactions cca --permutations",
          "--ignore c",
          "--keep a");

  private static final List<String> OPTIMIZERS =
      List.of(
          "",
          "-l 0.1 --power_t 0",
          "--l2 0.001",
          "--l1 0.0001 --no_bias_regularization",
          "--adaptive",
          "--adaptive --invariant",
          "--loss_function quantile --quantile_tau 0.3",
          "--hash all --hash_seed 3",
          "--id a-model --power_t 0.3");

  private TrainedModels() {}

  /** Any allowed kind of exploration, cost, interactions, optimizer and number of bits. */
  public static String randomArguments(Random random) {
    String exploration = one(EXPLORATIONS, random);
    // The others refuse all but mtr, or (bag) do not answer with probabilities then.
    boolean anyCost = exploration.matches("(--epsilon|--softmax|--cover|--rnd).*");
    String cost = anyCost ? one(List.of("mtr", "ips", "dr"), random) : "mtr";
    return String.join(
        " ",
        "--cb_explore_adf",
        exploration,
        "--cb_type",
        cost,
        one(INTERACTIONS, random),
        one(OPTIMIZERS, random),
        "-b",
        one(List.of("6", "10", "18", "22"), random));
  }

  /** Learns seeded events; the probabilities before each. */
  public static List<double[]> learn(Learner learner, Random random, int events)
      throws RejectedExampleException {
    List<double[]> predictions = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      String[] ids = new String[2 + random.nextInt(6)];
      Arrays.setAll(ids, index -> "a" + index + random.nextInt(2));
      Example example = Examples.forUser("u" + random.nextInt(50), ids);
      double cost = random.nextInt(3) == 0 ? -1 : 0;
      predictions.add(
          learner.learn(example, random.nextInt(ids.length), cost, 0.3).probabilities());
    }
    return predictions;
  }

  /** The bytes of a fresh learner that has learned seeded events. */
  public static byte[] trained(String arguments, long seed, int events)
      throws RejectedExampleException {
    try (Learner learner = VowpalWabbitLearner.open(arguments, null)) {
      learn(learner, new Random(seed), events);
      return learner.modelBytes();
    }
  }

  private static String one(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
