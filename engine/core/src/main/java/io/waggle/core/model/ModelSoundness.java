package io.waggle.core.model;

import io.waggle.core.codec.ModelOptions;
import io.waggle.core.codec.VowpalWabbitModel;
import io.waggle.state.model.ServableModel;

/**
 * Looks at every number of a model before it is loaded: VW takes bytes that were cut, and weights
 * that are not numbers, without a word, and then answers valid probabilities that mean nothing.
 * Costs about as much as reading the bytes. Pure.
 */
final class ModelSoundness {
  private ModelSoundness() {}

  /**
   * Checks a model of those the codec knows; others are only probed.
   *
   * @throws IllegalArgumentException naming the field, where it stands, and the rule it broke
   */
  static void check(ServableModel model) {
    String arguments = model.arguments();
    if (arguments.startsWith("-") && ModelOptions.problem(arguments) == null) {
      VowpalWabbitModel.parse(model.bytes().toByteArray());
    }
  }
}
