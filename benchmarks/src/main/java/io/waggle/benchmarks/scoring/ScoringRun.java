package io.waggle.benchmarks.scoring;

import io.waggle.benchmarks.jmh.Workload;
import io.waggle.core.explain.WeightIndices;
import io.waggle.core.feature.Example;
import io.waggle.v1.Action;
import io.waggle.v1.Decision;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Scores of one shape by all contenders in turns, by processor time of the thread: what else runs
 * on the machine takes its share of the caches, but of the time only what it costs in these.
 */
final class ScoringRun {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int EXAMPLES = 16;
  private static final int CATALOGUE = 1_000;

  /** Most features of a catalogue, so that it fits into memory. */
  private static final int CATALOGUE_FEATURES = 200_000;

  /** About the weights of a turn. */
  private static final long TURN_WEIGHTS = 5_000_000;

  private final Models models;
  private final Example[] examples = new Example[EXAMPLES];
  private final int[][] indices = new int[EXAMPLES][];
  private int next;
  private double sink;

  /**
   * What was measured.
   *
   * @param weights of one request
   * @param micros a request, median over the rounds
   * @param ratios to the bare loop of the same round, median over the rounds
   */
  record Result(
      Shape shape, double weights, Map<Contender, Double> micros, Map<Contender, Double> ratios) {}

  /** Prepares requests whose actions are drawn from a catalogue. */
  ScoringRun(Models models, Shape shape) {
    this.models = models;
    Workload workload = new Workload(2);
    int items =
        Math.max(shape.actions(), Math.min(CATALOGUE, CATALOGUE_FEATURES / shape.features()));
    List<Action> catalogue = workload.actions(items, shape.features());
    Random random = new Random(3);
    WeightIndices visitor = new WeightIndices(models.options(), models.arguments(), shape.bits());
    for (int i = 0; i < EXAMPLES; i++) {
      Decision shared = workload.decision(1, 1);
      List<Action> actions =
          random
              .ints(0, items)
              .distinct()
              .limit(shape.actions())
              .mapToObj(catalogue::get)
              .toList();
      examples[i] = new Example(shared.getContextList(), shared.getSessionList(), actions);
      IntStream.Builder visited = IntStream.builder();
      visitor.visit(
          examples[i],
          (index, name) -> {
            visited.add(index);
            return true;
          });
      indices[i] = visited.build().toArray();
      requireSame(examples[i]);
    }
  }

  private void requireSame(Example example) {
    double[] expected = models.learner().predict(example).probabilities();
    if (!Arrays.equals(expected, models.remembering().predict(example).probabilities())
        || !Arrays.equals(expected, models.forgetful().predict(example).probabilities())) {
      throw new IllegalStateException("the scorer does not answer as VW does");
    }
  }

  /** Measures; the first rounds are not counted. */
  Result run(Shape shape, int rounds, int warmUp) {
    double weights = Arrays.stream(indices).mapToInt(each -> each.length).average().orElseThrow();
    int turns = (int) Math.max(EXAMPLES, TURN_WEIGHTS / weights);
    Map<Contender, double[]> micros = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      micros.put(contender, new double[rounds]);
    }
    for (int round = -warmUp; round < rounds; round++) {
      for (Contender contender : Contender.values()) {
        double taken = turn(contender, turns);
        if (round >= 0) {
          micros.get(contender)[round] = taken;
        }
      }
    }
    double[] bare = micros.get(Contender.BARE_LOOP);
    Map<Contender, Double> medians = new EnumMap<>(Contender.class);
    Map<Contender, Double> ratios = new EnumMap<>(Contender.class);
    micros.forEach(
        (contender, all) -> {
          medians.put(contender, median(all));
          ratios.put(
              contender,
              median(IntStream.range(0, rounds).mapToDouble(i -> all[i] / bare[i]).toArray()));
        });
    return new Result(shape, weights, medians, ratios);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Microseconds of a request. */
  private double turn(Contender contender, int requests) {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < requests; i++) {
      next = (next + 1) % EXAMPLES;
      sink +=
          switch (contender) {
            case BARE_LOOP -> bareLoop(indices[next]);
            case CATALOGUE -> models.remembering().predict(examples[next]).probabilities()[0];
            case HASHED -> models.forgetful().predict(examples[next]).probabilities()[0];
            case VOWPAL_WABBIT -> models.learner().predict(examples[next]).probabilities()[0];
          };
    }
    double taken = (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / requests;
    if (Double.isNaN(sink)) {
      throw new IllegalStateException("no score is a number");
    }
    return taken;
  }

  private float bareLoop(int[] all) {
    float[] weights = models.weights();
    float sum = 0;
    for (int index : all) {
      sum += weights[index];
    }
    return sum;
  }
}
