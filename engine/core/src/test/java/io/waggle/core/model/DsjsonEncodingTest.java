package io.waggle.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import io.waggle.core.log.DecisionLogWriter;
import io.waggle.core.log.DsjsonWriter;
import io.waggle.core.log.LoggedDecision;
import io.waggle.core.log.RandomDecisions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import vowpalWabbit.responses.ActionScore;
import vowpalWabbit.responses.DecisionScores;

/**
 * The same log, once through Vowpal Wabbit's own dsjson reader and once through our reader, our
 * encoding and VW's text reader: what is predicted for every line, having learned all lines before,
 * is the same. Features have other names (and so other weights) on either way; equal predictions of
 * models that learned from all of it say that the features are the same. Ids, which our encoding
 * adds, are ignored by their namespaces' letters.
 */
class DsjsonEncodingTest {
  private static final int LINES = 40;
  private static final int HASHES = 3;
  private static final double TOLERANCE = 1e-5;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyLineMeansTheSameToVowpalWabbit(long seed) throws Exception {
    Random random = new Random(seed);
    RandomDsjson dsjson = new RandomDsjson(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      int actions = 1 + random.nextInt(4);
      lines.add(dsjson.single(actions, random.nextInt(actions)));
    }

    assertSameForSomeHash(seed, lines, this::difference);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyLineOfSeveralSlotsMeansTheSameToVowpalWabbit(long seed) throws Exception {
    Random random = new Random(seed);
    RandomDsjson dsjson = new RandomDsjson(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      int actions = 2 + random.nextInt(3);
      lines.add(dsjson.slots(actions, 1 + random.nextInt(actions)));
    }

    assertSameForSomeHash(seed, lines, this::slotsDifference);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void whatWeWriteMeansTheSameToVowpalWabbit(long seed) throws Exception {
    RandomDecisions random = new RandomDecisions(seed, true);
    List<LoggedDecision> written = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      written.add(random.single());
    }
    List<String> lines = write(written);
    // With ids: they are written as the feature that our encoding makes of them.
    String arguments = "--cb_explore_adf --softmax --lambda 4 -q :: -b 24";

    try (VowpalWabbitDsjson theirs = new VowpalWabbitDsjson(arguments);
        Learner ours = Learners.open(arguments, null, 1e-9)) {
      for (int i = 0; i < lines.size(); i++) {
        // VW divides the weight by what was kept, which a learner of ours is not told.
        if (written.get(i).keptProbability() == 1) {
          LabelledExample one = LabelledExample.of(written.get(i).joined());
          SlotOutcome label = one.outcomes().get(0);
          double[] expected =
              theirs.learn(lines.get(i), one.example().actions().size()).probabilities();
          assertThat(
                  ours.learn(one.example(), label.action(), label.cost(), label.propensity())
                      .probabilities())
              .as("seed %d, line %d: %s", seed, i, lines.get(i))
              .containsExactly(expected, within(TOLERANCE));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theSlotsWeWriteMeanTheSameToVowpalWabbit(long seed) throws Exception {
    RandomDecisions random = new RandomDecisions(seed, true);
    List<LoggedDecision> written = new ArrayList<>();
    for (int i = 0; i < LINES; i++) {
      written.add(random.slots());
    }
    List<String> lines = write(written);
    String arguments = "--ccb_explore_adf --softmax --lambda 4 -b 24";

    try (VowpalWabbitDsjson theirs = new VowpalWabbitDsjson(arguments);
        VowpalWabbitLearner ours = VowpalWabbitLearner.open(arguments, null)) {
      for (int i = 0; i < lines.size(); i++) {
        LabelledExample one = LabelledExample.of(written.get(i).joined());
        double[] first = ours.predictSlot(one.example(), new int[0]).probabilities();
        ours.learnSlots(one.example(), one.outcomes());
        assertThat(first)
            .as("seed %d, line %d: %s", seed, i, lines.get(i))
            .containsExactly(firstSlot(theirs.learnSlots(lines.get(i))), within(TOLERANCE));
      }
    }
  }

  private List<String> write(List<LoggedDecision> decisions) throws IOException {
    Path file = folder.resolve("written.dsjson");
    try (DecisionLogWriter writer = DsjsonWriter.create(file)) {
      for (LoggedDecision one : decisions) {
        writer.write(one);
      }
    }
    return Files.readAllLines(file);
  }

  /** Where two ways through a log differ; null: nowhere. */
  private interface Comparison {
    @Nullable String difference(List<String> lines, String arguments) throws Exception;
  }

  /** Two features may share a weight by chance on one way only, but hardly for every hash. */
  private static void assertSameForSomeHash(long seed, List<String> lines, Comparison comparison)
      throws Exception {
    List<String> differences = new ArrayList<>();
    for (int hash = 0; hash < HASHES; hash++) {
      String found = comparison.difference(lines, " -b 24 --noconstant --hash_seed " + hash);
      if (found == null) {
        return;
      }
      differences.add(found);
    }
    fail("seed " + seed + ":\n" + String.join("\n", differences));
  }

  private @Nullable String difference(List<String> lines, String options) throws Exception {
    String arguments = "--cb_explore_adf --squarecb" + options;
    List<LoggedDecision> read = read(lines);
    try (VowpalWabbitDsjson theirs = new VowpalWabbitDsjson(arguments);
        Learner ours = Learners.open(arguments + " --ignore a", null, 1e-9)) {
      for (int i = 0; i < lines.size(); i++) {
        LabelledExample one = LabelledExample.of(read.get(i).joined());
        SlotOutcome label = one.outcomes().get(0);
        double[] expected =
            theirs.learn(lines.get(i), one.example().actions().size()).probabilities();
        double[] actual =
            ours.learn(one.example(), label.action(), label.cost(), label.propensity())
                .probabilities();
        if (!same(actual, expected)) {
          return told(i, lines.get(i), actual, expected);
        }
      }
    }
    return null;
  }

  private @Nullable String slotsDifference(List<String> lines, String options) throws Exception {
    String arguments = "--ccb_explore_adf --softmax --lambda 4" + options;
    List<LoggedDecision> read = read(lines);
    try (VowpalWabbitDsjson theirs = new VowpalWabbitDsjson(arguments);
        VowpalWabbitLearner ours =
            VowpalWabbitLearner.open(arguments + " --ignore a --ignore S", null)) {
      for (int i = 0; i < lines.size(); i++) {
        LabelledExample one = LabelledExample.of(read.get(i).joined());
        double[] actual = ours.predictSlot(one.example(), new int[0]).probabilities();
        ours.learnSlots(one.example(), one.outcomes());
        double[] expected = firstSlot(theirs.learnSlots(lines.get(i)));
        if (!same(actual, expected)) {
          return told(i, lines.get(i), actual, expected);
        }
      }
    }
    return null;
  }

  private static boolean same(double[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= TOLERANCE)) {
        return false;
      }
    }
    return actual.length == expected.length;
  }

  private static String told(int number, String line, double[] actual, double[] expected) {
    return "line %d: %s not %s: %s"
        .formatted(number, Arrays.toString(actual), Arrays.toString(expected), line);
  }

  private List<LoggedDecision> read(List<String> lines) throws IOException {
    return LabelledExample.decisions(Files.write(folder.resolve("log.dsjson"), lines));
  }

  private static double[] firstSlot(DecisionScores answer) {
    DoubleStream scores =
        Stream.of(answer.getDecisionScores()[0].getActionScores())
            .sorted(Comparator.comparingInt(ActionScore::getAction))
            .mapToDouble(ActionScore::getScore);
    double[] probabilities = scores.toArray();
    double sum = DoubleStream.of(probabilities).sum();
    return DoubleStream.of(probabilities).map(one -> one / sum).toArray();
  }
}
