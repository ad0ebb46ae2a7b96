package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vowpalwabbit.spark.VowpalWabbitNative;

/**
 * Vowpal Wabbit through JNI by its text path, behind the guard.
 *
 * <p>One thread at a time. Every method takes the lock all the same: two threads inside one
 * instance corrupt the native heap, and an uncontended lock costs nothing beside a call of 10 to 20
 * microseconds. For the same reason a closed learner throws; natively it would be a segmentation
 * fault. An instance holds about 8.5 MB plus 16 bytes a weight outside the Java heap.
 */
public final class VowpalWabbitLearner implements Learner {
  /** Smallest propensity learned unless another is given; that of a surface's default. */
  public static final double DEFAULT_MIN_PROPENSITY = 1e-4;

  private static final String ONE_RANKING = "prediction_type_t::action_probs";
  private static final String SEVERAL_SLOTS = "prediction_type_t::decision_probs";

  private final VowpalWabbitNative vowpalWabbit;
  private final ExampleGuard guard;
  private final boolean severalSlots;
  private final boolean predictsFirst;
  private boolean closed;

  private VowpalWabbitLearner(
      VowpalWabbitNative vowpalWabbit,
      ExampleGuard guard,
      boolean severalSlots,
      boolean predictsFirst) {
    this.vowpalWabbit = vowpalWabbit;
    this.guard = guard;
    this.severalSlots = severalSlots;
    this.predictsFirst = predictsFirst;
  }

  /**
   * A fresh learner, or one that goes on from bytes.
   *
   * @param modelBytes from {@link #modelBytes()} of a learner with the same arguments; the caller
   *     has verified their checksum: VW loads altered bytes without a word
   * @throws IllegalArgumentException with VW's message when the arguments or the bytes are wrong
   * @throws IllegalStateException when this machine cannot load VW
   */
  public static VowpalWabbitLearner open(String arguments, byte @Nullable [] modelBytes) {
    return open(arguments, modelBytes, DEFAULT_MIN_PROPENSITY);
  }

  /**
   * The same with the smallest propensity that may be learned.
   *
   * @throws IllegalArgumentException with VW's message when the arguments or the bytes are wrong
   * @throws IllegalStateException when this machine cannot load VW
   */
  public static VowpalWabbitLearner open(
      String arguments, byte @Nullable [] modelBytes, double minPropensity) {
    ExampleGuard guard = new ExampleGuard(minPropensity);
    VowpalWabbitArguments.check(arguments);
    NativeLibrary.load();
    VowpalWabbitNative vowpalWabbit = create(arguments, modelBytes);
    String predictionType = vowpalWabbit.getOutputPredictionType();
    boolean severalSlots = VowpalWabbitArguments.severalSlots(arguments);
    if (!predictionType.equals(severalSlots ? SEVERAL_SLOTS : ONE_RANKING)) {
      vowpalWabbit.close();
      throw new IllegalArgumentException(
          "arguments: "
              + arguments
              + " (expected: predicts action probabilities, not "
              + predictionType
              + ")");
    }
    return new VowpalWabbitLearner(
        vowpalWabbit, guard, severalSlots, VowpalWabbitArguments.learningAnswersScores(arguments));
  }

  /** The native methods throw {@link Exception} without declaring it. */
  private static VowpalWabbitNative create(String arguments, byte @Nullable [] modelBytes) {
    try {
      return modelBytes == null
          ? new VowpalWabbitNative("--quiet " + arguments)
          : new VowpalWabbitNative(
              "--quiet " + VowpalWabbitArguments.forSavedModel(arguments), modelBytes);
    } catch (Exception e) {
      throw new IllegalArgumentException("arguments: " + arguments + ": " + e.getMessage(), e);
    }
  }

  /**
   * Predicts; changes nothing that is learned.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example is
   *     unfit
   * @throws IllegalStateException when closed, or when the model gives no valid probabilities
   */
  @Override
  public synchronized Prediction predict(Example example) {
    require(false);
    requireNoProblem(example.problem());
    return predictText(example.text(), example.actions().size());
  }

  /** Predicts a text that the caller vouches for: bad text can end the process. */
  synchronized Prediction predictText(String text, int actions) {
    return VowpalWabbitAnswers.ranking(predictAnswer(text), actions);
  }

  /**
   * Predicts one slot; changes nothing that is learned. VW parses the actions anew for each slot.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when the example or
   *     what fills the slots before is unfit
   * @throws IllegalStateException when closed, or when the model gives no valid probabilities
   */
  @Override
  public synchronized Prediction predictSlot(Example example, int[] earlier) {
    require(true);
    requireNoProblem(example.problem(earlier));
    return VowpalWabbitAnswers.slot(
        predictAnswer(example.slotText(earlier)), earlier, example.actions().size());
  }

  private Object predictAnswer(String text) {
    requireOpen();
    try {
      return vowpalWabbit.predictFromString(text);
    } catch (Exception e) {
      throw new IllegalArgumentException("example: " + e.getMessage(), e);
    }
  }

  @Override
  public synchronized Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException {
    require(false);
    reject(guard.problem(example, chosen, cost, propensity));
    String text = example.labelledText(chosen, cost, propensity);
    if (predictsFirst) {
      Prediction predicted = predict(example);
      learnAnswer(text);
      return predicted;
    }
    return learnText(text, example.actions().size());
  }

  /** Learns a text that the caller vouches for: bad text can end the process or ruin the model. */
  synchronized Prediction learnText(String text, int actions) throws RejectedExampleException {
    return VowpalWabbitAnswers.ranking(learnAnswer(text), actions);
  }

  @Override
  public synchronized void learnSlots(Example example, List<SlotOutcome> slots)
      throws RejectedExampleException {
    require(true);
    reject(guard.problem(example, slots));
    learnAnswer(
        example.labelledSlotsText(
            slots.stream().mapToInt(SlotOutcome::action).toArray(),
            slots.stream().mapToDouble(SlotOutcome::cost).toArray(),
            slots.stream().mapToDouble(SlotOutcome::propensity).toArray()));
  }

  /** VW's own answer to a text that the caller vouches for. */
  synchronized Object learnAnswer(String text) throws RejectedExampleException {
    requireOpen();
    try {
      return vowpalWabbit.learnFromString(text);
    } catch (Exception e) {
      throw new RejectedExampleException("example: " + e.getMessage());
    }
  }

  @Override
  public boolean severalSlots() {
    return severalSlots;
  }

  @Override
  public synchronized byte[] modelBytes() {
    requireOpen();
    return vowpalWabbit.getModel();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      vowpalWabbit.close();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the learner is closed");
    }
  }

  /** VW reads the lines of the other kind as something else, without a word. */
  private void require(boolean slots) {
    requireOpen();
    if (slots != severalSlots) {
      throw new IllegalArgumentException(
          "slots: the learner " + (severalSlots ? "fills several" : "makes one ranking"));
    }
  }

  private static void requireNoProblem(@Nullable String problem) {
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  private static void reject(@Nullable String problem) throws RejectedExampleException {
    if (problem != null) {
      throw new RejectedExampleException(problem);
    }
  }
}
