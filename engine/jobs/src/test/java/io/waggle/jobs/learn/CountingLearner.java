package io.waggle.jobs.learn;

import io.waggle.core.feature.Example;
import io.waggle.core.model.Learner;
import io.waggle.core.model.RejectedExampleException;
import io.waggle.core.policy.Prediction;
import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A learner simple enough to be checked by hand: the first action gets probability 1 until anything
 * is learned, then the action learned last does. Its bytes are that action and how much it learned.
 */
final class CountingLearner implements Learner {
  /** A context namespace of that name is refused. */
  static final String REFUSED = "refused";

  /** A context namespace of that name is a failure. */
  static final String BROKEN = "broken";

  /** A context namespace of that name makes it answer with what is not a number. */
  static final String NOT_A_NUMBER = "not-a-number";

  /** A command line that holds this is one that it does not take. */
  static final String BAD_OPTION = "-l 77";

  private int last;
  private int learned;
  private boolean closed;

  private CountingLearner(int last, int learned) {
    this.last = last;
    this.learned = learned;
  }

  /** A factory of these. */
  static Learner open(String arguments, byte @Nullable [] modelBytes, double minPropensity) {
    if (arguments.contains(BAD_OPTION)) {
      throw new IllegalArgumentException("arguments: " + BAD_OPTION + " (expected: an option)");
    }
    if (modelBytes == null) {
      return new CountingLearner(0, 0);
    }
    ByteBuffer bytes = ByteBuffer.wrap(modelBytes);
    return new CountingLearner(bytes.getInt(), bytes.getInt());
  }

  /** How much the learner with these bytes had learned. */
  static int learned(byte[] modelBytes) {
    return ByteBuffer.wrap(modelBytes).getInt(Integer.BYTES);
  }

  @Override
  public Prediction predict(Example example) {
    double[] probabilities = new double[example.actions().size()];
    probabilities[last] = 1;
    return new Prediction(probabilities, IntStream.range(0, probabilities.length).toArray());
  }

  @Override
  public Prediction learn(Example example, int chosen, double cost, double propensity)
      throws RejectedExampleException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    String name = example.context().get(0).getName();
    if (name.equals(REFUSED)) {
      throw new RejectedExampleException("context: refused");
    }
    if (name.equals(BROKEN)) {
      throw new IllegalStateException("context: broken");
    }
    Prediction before = predict(example);
    if (name.equals(NOT_A_NUMBER)) {
      before.probabilities()[last] = Double.NaN;
    }
    last = chosen;
    learned++;
    return before;
  }

  @Override
  public byte[] modelBytes() {
    return ByteBuffer.allocate(2 * Integer.BYTES).putInt(last).putInt(learned).array();
  }

  @Override
  public void close() {
    closed = true;
  }
}
