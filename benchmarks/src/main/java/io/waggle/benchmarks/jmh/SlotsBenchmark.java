package io.waggle.benchmarks.jmh;

import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.core.feature.Example;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.model.SlotOutcome;
import io.waggle.core.model.VowpalWabbitLearner;
import io.waggle.core.policy.Prediction;
import io.waggle.core.score.Scorer;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Features to probabilities where several slots are filled one after another, each from the actions
 * left, by our scorer on a model that learned: as {@link ExplorationBenchmark}, but for the slots.
 * {@code waggle bench jmh Slots -prof gc}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SlotsBenchmark {
  private static final int EXAMPLES = 32;
  private static final int LEARNED = 100;

  @Param({"--epsilon 0.1", "--squarecb"})
  private String exploration;

  @Param({"1", "4"})
  private int slots;

  @Param("50")
  private int actions;

  @Param("20")
  private int features;

  private Scorer scorer;
  private Example[] examples;
  private int[][] earlier;
  private int next;

  /** Trains, and prepares the decisions to score. */
  @Setup(Level.Trial)
  public void train() throws RejectedExampleException {
    String arguments = "--ccb_explore_adf " + exploration + " -q ua -q sa";
    Workload workload = new Workload(1);
    try (VowpalWabbitLearner learner = VowpalWabbitLearner.open(arguments, null)) {
      for (int event = 0; event < LEARNED; event++) {
        List<SlotOutcome> outcomes = new ArrayList<>();
        for (int slot = 0; slot < slots; slot++) {
          outcomes.add(new SlotOutcome(slot, -((event + slot) % 2), 0.5));
        }
        learner.learnSlots(example(workload), outcomes);
      }
      scorer = Scorer.of(arguments, VowpalWabbitModel.parse(learner.modelBytes()));
    }
    examples = new Example[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++) {
      examples[i] = example(workload);
    }
    earlier = new int[slots][];
    for (int slot = 0; slot < slots; slot++) {
      earlier[slot] = IntStream.range(0, slot).toArray();
    }
  }

  private Example example(Workload workload) {
    Example single = Example.of(workload.decision(actions, features));
    List<Slot> places = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      places.add(
          Slot.newBuilder()
              .setId("slot" + slot)
              .addFeatures(
                  Namespace.newBuilder()
                      .setName("place")
                      .addFeatures(
                          Feature.newBuilder()
                              .setName("size")
                              .setValue(FeatureValue.newBuilder().setNumber(slots - slot))))
              .build());
    }
    return new Example(single.context(), single.session(), single.actions(), 0, places);
  }

  /** All slots of one decision; the first actions fill those before. */
  @Benchmark
  public Prediction score() {
    next = (next + 1) % EXAMPLES;
    Prediction last = scorer.predictSlot(examples[next], earlier[0]);
    for (int slot = 1; slot < slots; slot++) {
      last = scorer.predictSlot(examples[next], earlier[slot]);
    }
    return last;
  }
}
