package io.waggle.core.model;

import io.waggle.core.policy.Prediction;
import org.vowpalwabbit.spark.VowpalWabbitNative;
import vowpalWabbit.responses.DecisionScores;

/** Vowpal Wabbit 9.3.0 as a reader of dsjson: the truth about what a line of it means. */
final class VowpalWabbitDsjson implements AutoCloseable {
  private final VowpalWabbitNative vowpalWabbit;

  VowpalWabbitDsjson(String arguments) throws Exception {
    NativeLibrary.load();
    vowpalWabbit = new VowpalWabbitNative("--quiet --dsjson " + arguments);
  }

  /** What it predicts for a line's actions before it learns the line. */
  Prediction learn(String line, int actions) throws Exception {
    return VowpalWabbitAnswers.ranking(vowpalWabbit.learnFromString(line), actions);
  }

  /** The same of a line with several slots. */
  DecisionScores learnSlots(String line) throws Exception {
    return (DecisionScores) vowpalWabbit.learnFromString(line);
  }

  byte[] modelBytes() {
    return vowpalWabbit.getModel();
  }

  @Override
  public void close() throws Exception {
    vowpalWabbit.close();
  }
}
