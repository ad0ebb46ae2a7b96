package io.waggle.core.model;

import io.waggle.core.feature.Example;
import io.waggle.core.policy.Prediction;
import org.jspecify.annotations.Nullable;
import org.vowpalwabbit.spark.VowpalWabbitNative;
import vowpalWabbit.responses.ActionProb;
import vowpalWabbit.responses.ActionProbs;

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

  private static final String PREDICTION_TYPE = "prediction_type_t::action_probs";

  /** How far from 1 the sum of VW's 32-bit probabilities may be before it is an error. */
  private static final double SUM_TOLERANCE = 1e-3;

  private final VowpalWabbitNative vowpalWabbit;
  private final ExampleGuard guard;
  private boolean closed;

  private VowpalWabbitLearner(VowpalWabbitNative vowpalWabbit, ExampleGuard guard) {
    this.vowpalWabbit = vowpalWabbit;
    this.guard = guard;
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
    if (!predictionType.equals(PREDICTION_TYPE)) {
      vowpalWabbit.close();
      throw new IllegalArgumentException(
          "arguments: "
              + arguments
              + " (expected: predicts action probabilities, not "
              + predictionType
              + ")");
    }
    return new VowpalWabbitLearner(vowpalWabbit, guard);
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
    requireOpen();
    String problem = example.problem();
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
    return predictText(example.text(), example.actions().size());
  }

  /** Predicts a text that the caller vouches for: bad text can end the process. */
  synchronized Prediction predictText(String text, int actions) {
    requireOpen();
    Object answer;
    try {
      answer = vowpalWabbit.predictFromString(text);
    } catch (Exception e) {
      throw new IllegalArgumentException("example: " + e.getMessage(), e);
    }
    return prediction(answer, actions);
  }

  @Override
  public synchronized Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException {
    requireOpen();
    String problem = guard.problem(example, chosen, cost, propensity);
    if (problem != null) {
      throw new RejectedExampleException(problem);
    }
    return learnText(example.labelledText(chosen, cost, propensity), example.actions().size());
  }

  /** Learns a text that the caller vouches for: bad text can end the process or ruin the model. */
  synchronized Prediction learnText(String text, int actions) throws RejectedExampleException {
    requireOpen();
    Object answer;
    try {
      answer = vowpalWabbit.learnFromString(text);
    } catch (Exception e) {
      throw new RejectedExampleException("example: " + e.getMessage());
    }
    return prediction(answer, actions);
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

  /**
   * VW's answer, which is sorted by its ranking, in action order. VW drops or adds actions silently
   * where it reads a text differently from its writer, hence the count. The probabilities are
   * 32-bit; they are scaled so that their sum is 1 in 64 bits.
   */
  private static Prediction prediction(Object answer, int actions) {
    if (!(answer instanceof ActionProbs ranked) || ranked.getActionProbs().length != actions) {
      throw new IllegalStateException("VW answered " + answer + " for " + actions + " actions");
    }
    double[] probabilities = new double[actions];
    int[] order = new int[actions];
    boolean[] seen = new boolean[actions];
    double sum = 0;
    for (int rank = 0; rank < actions; rank++) {
      ActionProb one = ranked.getActionProbs()[rank];
      int action = one.getAction();
      double probability = one.getProbability();
      if (action < 0 || action >= actions || seen[action] || !(probability >= 0)) {
        throw new IllegalStateException("VW answered " + ranked);
      }
      seen[action] = true;
      order[rank] = action;
      probabilities[action] = probability;
      sum += probability;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalStateException("VW's probabilities sum to " + sum);
    }
    for (int i = 0; i < actions; i++) {
      probabilities[i] /= sum;
    }
    return new Prediction(probabilities, order);
  }
}
