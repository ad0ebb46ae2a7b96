package io.waggle.core.score;

import static io.waggle.core.feature.Examples.namespace;
import static io.waggle.core.feature.Examples.number;
import static io.waggle.core.feature.Examples.text;
import static io.waggle.core.feature.Examples.texts;

import io.waggle.core.feature.Example;
import io.waggle.core.feature.Examples;
import io.waggle.core.model.Learner;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.SlotOutcome;
import io.waggle.v1.Action;
import io.waggle.v1.Feature;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Command lines, examples and events for tests of scores, at random from a seed. */
final class RandomScoring {
  private static final List<String> EXPLORATIONS =
      List.of(
          "",
          "--epsilon 0.1",
          "--epsilon 0.2 --first_only",
          "--softmax --lambda 3",
          "--softmax --lambda 20 --epsilon 0.1",
          "--squarecb",
          "--squarecb --gamma_scale 20 --gamma_exponent 0.3",
          "--first 120 --epsilon 0.05",
          "--first 20",
          "--bag 3",
          "--bag 5 --epsilon 0.1 --first_only",
          "--bag 4 --greedify --random_seed 5",
          "--cover 3",
          "--cover 1",
          "--cover 4 --first_only --epsilon 0.2",
          "--cover 2 --psi 0.5 --nounif --epsilon 0.1");

  private static final List<String> INTERACTIONS =
      List.of(
          "",
          "-q ui",
          "-q iu -q ui -q ua",
          "-q uu ii",
          "--quadratic ::",
          "--quadratic u: --noconstant",
          "--cubic uui",
          "--cubic uia --quadratic ui",
          "--cubic :::",
          "--interactions uuii uii ui --ignore_linear u",
          "--interactions uisa iiu --permutations",
          "--interactions uisaa aasii -q ui",
          "--interactions aaasss uisa",
          "--interactions u:i",
          "--interactions ::s:",
          "-q ui --ignore s",
          "-q :: -q ui --cubic u:s",
          "-q :: --keep u --keep i");

  private static final List<String> OPTIMIZERS =
      List.of(
          "",
          "-l 0.1 --power_t 0",
          "--l2 0.001",
          "--l1 0.0001",
          "--l1 0.001 --l2 0.0001 --no_bias_regularization",
          "--adaptive",
          "--adaptive --invariant",
          "--loss_function quantile --quantile_tau 0.3",
          "--loss_function squared --min_prediction -1 --max_prediction 1",
          "--hash all --hash_seed 3",
          "--hash_seed 7",
          "--id a-model --power_t 0.3");

  private RandomScoring() {}

  /** Of seeds in a row the first numbers are not alike, as they are in {@link Random} itself. */
  static Random seeded(long seed) {
    return new Random(seed * 0x9e3779b97f4a7c15L);
  }

  /** What command lines are made of. */
  static Stream<String> everything() {
    return Stream.of(
            List.of(
                "--cb_explore_adf --ccb_explore_adf --cb_type mtr -b 10",
                "--regcb --mellowness 0.1 --cb_min_cost -1 --cb_max_cost 0"),
            EXPLORATIONS,
            INTERACTIONS,
            OPTIMIZERS)
        .flatMap(List::stream);
  }

  /** Any command line for one ranking that the scorer computes. */
  static String arguments(Random random) {
    return "--cb_explore_adf " + rest(random);
  }

  /** The same for slots. */
  static String slotArguments(Random random) {
    return "--ccb_explore_adf " + rest(random);
  }

  /** Any command line that explores by plausible costs. */
  static String rangeArguments(Random random) {
    return String.join(
        " ",
        "--cb_explore_adf --regcb",
        one(
            List.of(
                "",
                "--mellowness 0.001",
                "--mellowness 0.01 --cb_min_cost -1 --cb_max_cost 0",
                "--mellowness 0.5 --cb_min_cost -2 --cb_max_cost 1"),
            random),
        one(INTERACTIONS, random),
        one(List.of("", "-l 0.1", "--hash_seed 7"), random),
        "-b",
        one(List.of("10", "12", "18"), random));
  }

  /**
   * Every exploration with every type of cost, and every entry of interactions at least once: what
   * a few seeds may miss.
   */
  static Stream<String> everyExplorationAndCost() {
    List<String> all = new ArrayList<>();
    for (String exploration : EXPLORATIONS) {
      for (String cost : costs(exploration)) {
        String interactions = INTERACTIONS.get(all.size() % INTERACTIONS.size());
        all.add(
            "--cb_explore_adf %s --cb_type %s %s -b 10".formatted(exploration, cost, interactions));
      }
    }
    return all.stream();
  }

  private static String rest(Random random) {
    String exploration = one(EXPLORATIONS, random);
    return String.join(
        " ",
        exploration,
        "--cb_type",
        one(costs(exploration), random),
        one(INTERACTIONS, random),
        one(OPTIMIZERS, random),
        "-b",
        one(List.of("6", "10", "12", "18", "20"), random));
  }

  /** With other costs than mtr VW itself refuses {@code --squarecb}. */
  private static List<String> costs(String exploration) {
    return exploration.startsWith("--squarecb") ? List.of("mtr") : List.of("mtr", "ips", "dr");
  }

  /** One like those learned, or now and then whatever the contract allows. */
  static Example example(Random random) {
    return random.nextInt(10) == 0 ? Examples.random(random) : familiar(random);
  }

  /** Letters and names that come again, and numbers of which no model diverges. */
  private static Example familiar(Random random) {
    boolean alike = random.nextBoolean();
    List<Action> actions = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      Namespace[] namespaces =
          alike
              ? alike(random, "item", "user", "info")
              : namespaces(random, "item", "user", "aside", "info");
      actions.add(Examples.action("a" + i, namespaces));
    }
    return new Example(
        List.of(namespaces(random, "user", "item", "under")),
        List.of(namespaces(random, "session", "user")),
        actions);
  }

  /** The same with slots. */
  static Example slotsExample(Random random) {
    return slots(example(random), random);
  }

  private static Example slots(Example single, Random random) {
    int count = 1 + random.nextInt(Math.min(4, single.actions().size()));
    List<Slot> slots =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    Slot.newBuilder()
                        .setId("s" + i)
                        .addAllFeatures(List.of(namespaces(random, "place", "Size", "user")))
                        .build())
            .toList();
    return new Example(single.context(), single.session(), single.actions(), 0, slots);
  }

  /** Learns events, some of them without a reward. */
  static void learn(Learner learner, Random random, int events) throws RejectedExampleException {
    for (int event = 0; event < events; event++) {
      if (learner.severalSlots()) {
        Example example = slots(familiar(random), random);
        List<SlotOutcome> outcomes = new ArrayList<>();
        for (int slot = 0; slot < example.slots().size(); slot++) {
          outcomes.add(new SlotOutcome(slot, cost(random), 0.5));
        }
        learner.learnSlots(example, outcomes);
      } else {
        Example example = familiar(random);
        learner.learn(example, random.nextInt(example.actions().size()), cost(random), 0.3);
      }
    }
  }

  private static double cost(Random random) {
    return random.nextInt(3) == 0 ? -1 - random.nextDouble() : 0;
  }

  private static Namespace[] namespaces(Random random, String... names) {
    return IntStream.range(0, names.length)
        .filter(i -> random.nextInt(3) > 0)
        .mapToObj(i -> namespace(names[i], features(random)))
        .toArray(Namespace[]::new);
  }

  /** All of them, each with at least one feature, so that actions have the same letters. */
  private static Namespace[] alike(Random random, String... names) {
    return Stream.of(names)
        .map(
            name ->
                namespace(name, features(random)).toBuilder().addFeatures(number("own", 2)).build())
        .toArray(Namespace[]::new);
  }

  private static Feature[] features(Random random) {
    int most = random.nextInt(8) == 0 ? 20 : 4;
    return IntStream.range(0, random.nextInt(most))
        .mapToObj(i -> feature(random, "f" + random.nextInt(4)))
        .toArray(Feature[]::new);
  }

  private static Feature feature(Random random, String name) {
    return switch (random.nextInt(6)) {
      case 0 -> number(name, random.nextInt(3));
      case 1 -> number(name, random.nextGaussian());
      case 2 -> number(String.valueOf(random.nextInt(20)), 1);
      case 3 -> texts(name, "one", "two words");
      case 4 -> text(name, "é|:%=" + random.nextInt(2));
      default -> text(name, "v" + random.nextInt(3));
    };
  }

  private static String one(List<String> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }
}
