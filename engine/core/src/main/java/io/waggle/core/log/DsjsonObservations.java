package io.waggle.core.log;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What was observed of a decision, of dsjson's {@code o}.
 *
 * @param known true: there is such a list
 * @param rewards how many of them have a value
 * @param activated true: one of them says that the decision was shown
 */
record DsjsonObservations(boolean known, int rewards, boolean activated) {
  /**
   * Reads a list.
   *
   * @param list missing: nothing is known
   * @throws UnusableLineException when its values are those of another problem
   */
  static DsjsonObservations of(JsonNode list) throws UnusableLineException {
    int rewards = 0;
    boolean activated = false;
    for (JsonNode one : list) {
      if (one.path("v").isContainerNode() || one.has("_definitely_bad")) {
        throw UnusableLineException.passedOver("interaction-grounded learning");
      }
      boolean isReward = one.has("v");
      rewards += isReward ? 1 : 0;
      // Activations have no value; those of older logs say that the action is no longer deferred.
      activated |= one.has("DeferredAction") ? !one.get("DeferredAction").asBoolean() : !isReward;
      activated |= one.path("ActionTaken").asBoolean();
    }
    return new DsjsonObservations(list.isArray(), rewards, activated);
  }
}
