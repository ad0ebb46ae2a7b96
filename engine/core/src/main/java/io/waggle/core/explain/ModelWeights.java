package io.waggle.core.explain;

/** The weights of a model as a flat array. */
public interface ModelWeights {
  /** There are {@code 1 << bits} weights. */
  int bits();

  /** The command line that the model's bytes keep. */
  String options();

  /** The weight at an index below {@code 1 << bits}. */
  float at(int index);

  /** How many are not 0. */
  long nonzero();
}
